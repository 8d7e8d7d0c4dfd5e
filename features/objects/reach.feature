Feature: An object is called by its name

  @id:canonical-object @INST-366 @core
  Scenario Outline: A canonical object of <connector> reaches the resource behind it
    Given an instance of <connector>
    When the caller gets a canonical object of the instance
    Then the answer is 200
    And the provider served the resource behind the object

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:vendor-object @INST-367 @core
  Scenario Outline: A vendor object of <connector> comes as the provider sent it
    Given a user of <connector> who has granted access
    When the caller creates an instance and asks for its objects
    And the caller gets a vendor object of the instance
    Then the answer is 200
    And the body is the provider's own

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
