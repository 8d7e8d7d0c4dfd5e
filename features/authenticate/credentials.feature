Feature: A name and a password make an instance of a basic connector
  BigCommerce's legacy accounts have no code to exchange: the caller passes the account's name, its API token and the
  address of the store.

  @id:create-with-password @INST-100 @core
  Scenario Outline: An account of <connector> becomes an instance
    Given a user of <connector> who has granted access
    When the caller creates an instance named "Rehearsal API Instance" with the tag "Docs"
    Then the answer is 200
    And the instance has an id and a token
    And the instance is named "Rehearsal API Instance"

    Examples:
      | connector   |
      | bigcommerce |

  @id:calls-show-password @INST-130 @core
  Scenario Outline: Calls through the instance show <connector> the account's name and password
    Given an instance of <connector>
    When the caller uses the instance
    Then the answer is 200
    And the provider was shown the user's credentials

    Examples:
      | connector   |
      | bigcommerce |

  @id:code-means-nothing @INST-146 @extended
  Scenario Outline: A code means nothing to <connector>
    Given a user of <connector> who has granted access
    When the caller creates an instance with a code nobody issued
    Then the answer is 200
    And the instance has an id and a token

    Examples:
      | connector   |
      | bigcommerce |
