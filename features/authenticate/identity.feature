Feature: An instance is known by an id and a token of its own

  @id:id-and-token @INST-106 @core
  Scenario Outline: An instance of <connector> has a numeric id and a token
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the instance has an id and a token

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:two-ids-two-tokens @INST-107 @core
  Scenario Outline: Two instances of <connector> share neither id nor token
    Given an instance of <connector>
    And an instance of a second user
    Then the two instances differ in id and token

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:token-unguessable @INST-474 @extended
  Scenario Outline: The token of an instance of <connector> cannot be guessed
    Given an instance of <connector>
    And an instance of a second user
    Then the tokens have at least 22 characters and little in common

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:create-answers-200 @INST-105 @extended
  Scenario Outline: The create of an instance of <connector> is answered 200, not 201
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the answer is 200

    Examples:
      | connector   |
      | bigcommerce |
      | box         |
