Feature: A resource the user defined is an object like the others
  A definition says which fields the resource has, a transformation maps them to an object of the vendor.

  @INST-368 @core
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

  @INST-369 @core
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
