Feature: A revoked instance can still be read
  The caller's own token is not the provider's: the procedure goes on with the same header.

  @id:revoked-still-read @INST-286 @core
  Scenario Outline: The revoked instance of <connector> is read by its token
    Given an instance of <connector>
    When the instance's tokens are revoked at the provider
    And the caller uses the instance
    Then the answer is 401
    When the caller reads the instance by its token
    Then the answer is 200
    And the list contains the instance

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:token-shown-is-revocable @INST-287 @core
  Scenario Outline: <connector> revokes the token that the instance's configuration shows
    Given an instance of <connector>
    When the caller reads the instance by its token
    And the access token shown is revoked at the provider
    Then the provider confirms the revocation
    And the provider refuses the revoked token

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
