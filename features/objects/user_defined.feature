Feature: A resource the user defined is an object like the others
  A definition says which fields the resource has, a transformation maps them to an object of the vendor.

  @id:mapped-object-listed @INST-368 @core
  Scenario Outline: A resource mapped to an object of <connector> is listed
    Given a user of <connector> who has granted access
    And a resource of the organization that is mapped to an object of <connector>
    When the caller creates an instance and asks for its objects
    Then the answer is 200
    And the mapped resource is among the objects

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:mapped-object-served @INST-369 @core
  Scenario Outline: A resource mapped to an object of <connector> is served with its own fields
    Given a user of <connector> who has granted access
    And a resource of the organization that is mapped to an object of <connector>
    When the caller creates an instance
    And the caller gets the mapped resource
    Then the answer is 200
    And the provider served the resource
    And every entry has the mapped field

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:defined-at-the-instance @INST-377 @INST-378 @INST-379 @extended
  Scenario Outline: An object defined at the instance of <connector> is listed until it is deleted
    Given an instance of <connector>
    When the caller posts to "/instances/$id/objects/rehearsed/definitions"
      """
      {"fields": [{"path": "rehearsal", "type": "string"}]}
      """
    Then the answer is 200
    When the caller posts to "/instances/$id/transformations/rehearsed"
      """
      {"vendorName": "$vendorObject", "fields": [{"path": "rehearsal", "vendorPath": "$vendorField"}]}
      """
    Then the answer is 200
    When the caller gets "/objects" by the instance's token with "elements-version: Helium"
    Then the answer describes the object "rehearsed" with the type "vdr"
    When the caller deletes "/instances/$id/transformations/rehearsed"
    Then the answer is 200
    When the caller deletes "/instances/$id/objects/rehearsed/definitions"
    Then the answer is 200
    When the caller gets "/objects" by the instance's token with "elements-version: Helium"
    Then the answer does not describe the object "rehearsed"

    Examples:
      | connector   |
      | bigcommerce |
      | box         |
