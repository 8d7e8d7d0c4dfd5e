Feature: A new password brings a basic instance back
  A legacy account of BigCommerce dies when its token is regenerated. There is no code; the caller passes the new token as
  the password.

  @id:whole-walk-by-password @INST-005 @INST-280 @INST-286 @core
  Scenario Outline: The instance of <connector> dies with its password and comes back with the next
    Given an instance of <connector>
    When the user's password is regenerated at the provider
    And the caller uses the instance
    Then the provider refused the revoked token
    And the answer is 401
    And the provider's reason is passed on
    When the caller reads the instance by its token
    Then the answer is 200
    When the caller patches the instance with the new password
    Then the answer is 200
    And the answer shows the same id and token
    When the caller uses the instance
    Then the answer is 200
    And the provider was shown the user's credentials
    And the provider refuses the revoked token

    Examples:
      | connector   |
      | bigcommerce |

  @id:put-with-password @INST-231 @extended
  Scenario Outline: A PUT of the new password does the same for <connector>
    Given an instance of <connector>
    When the user's password is regenerated at the provider
    And the caller puts the instance back with the new password
    Then the answer is 200
    When the caller uses the instance
    Then the answer is 200
    And the provider was shown the user's credentials

    Examples:
      | connector   |
      | bigcommerce |
