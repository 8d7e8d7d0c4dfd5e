Feature: An access token that is too old is refreshed before it is used
  The service knows when a token was issued and how long it lives. Nobody notices the refresh but the provider.

  @id:old-token-refreshed @INST-289 @INST-290 @extended
  Scenario Outline: A call with an old token of <connector> refreshes it once
    Given an instance of <connector>
    And the instance's access token has grown old
    When the caller uses the instance
    Then the answer is 200
    And the provider refreshed the token once
    And the provider was shown the token it issued last
    When the caller reads the instance by its token
    Then the access token shown is the one the provider issued last
    And the list contains the instance

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:refresh-refused @INST-291 @extended
  Scenario Outline: A refresh that <connector> refuses is told like any refusal
    Given a revoked instance of <connector>
    And the instance's access token has grown old
    When the caller uses the instance
    Then the answer is 401
    And the provider's reason is passed on

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
