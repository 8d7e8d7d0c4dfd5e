Feature: An instance can be created at the path of its connector
  POST /elements/{id}/instances names the connector in the path, so that the body need not.

  @id:create-at-number @INST-102 @core
  Scenario Outline: The number of <connector> in the path makes an instance of it
    Given a user of <connector> who has granted access
    When the caller creates an instance at the path of the connector's number
    Then the answer is 200
    And the instance has an id and a token
    And the instance belongs to <connector>

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:create-at-key @INST-103 @extended
  Scenario Outline: The key of <connector> in the path makes an instance of it
    Given a user of <connector> who has granted access
    When the caller creates an instance at the path of the connector's key
    Then the answer is 200
    And the instance belongs to <connector>

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:create-at-key-named-twice @INST-104 @extended
  Scenario Outline: A body that names <connector> as well is accepted
    Given a user of <connector> who has granted access
    When the caller creates an instance at the path of the connector's key and names the connector again
    Then the answer is 200
    And the instance belongs to <connector>

    Examples:
      | connector   |
      | bigcommerce |
