Feature: Every instance has credentials of its own

  @id:own-credentials @INST-522 @core
  Scenario Outline: Two instances reach <connector> each as its own user
    Given an instance of <connector>
    And an instance of a second user
    When the caller uses the first instance
    Then the answer is 200
    And the provider was shown the credentials of the first user
    When the caller uses the second instance
    Then the answer is 200
    And the provider was shown the credentials of the second user

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:death-of-one @INST-288 @extended
  Scenario Outline: The death of one instance of <connector> leaves the other alone
    Given an instance of <connector>
    And an instance of a second user
    When the first instance's tokens are revoked at the provider
    And the caller uses the second instance
    Then the answer is 200

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
