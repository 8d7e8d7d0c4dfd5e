Feature: An instance can be switched off and on

  @id:disabled-serves-nothing @INST-480 @INST-481 @INST-483 @extended
  Scenario Outline: A disabled instance of <connector> serves nothing until it is enabled
    Given an instance of <connector>
    When the caller deletes "/instances/$id/enabled"
    Then the answer is 200
    When the caller uses the instance
    Then the answer is 403
    And it is an error of the service
    And the provider heard nothing
    When the caller puts "/instances/$id/enabled"
    Then the answer is 200
    When the caller uses the instance
    Then the answer is 200

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:disabled-still-read @INST-482 @INST-484 @INST-486 @INST-488 @extended
  Scenario Outline: A disabled instance of <connector> can still be read, listed, changed and disabled
    Given an instance of <connector>
    When the caller deletes "/instances/$id/enabled"
    And the caller deletes "/instances/$id/enabled"
    Then the answer is 200
    When the caller gets "/objects" by the instance's token
    Then the answer is 200
    When the caller renames the instance to "Disabled" by its id
    Then the answer is 200
    And the answer has these members
      | member   | value |
      | disabled | true  |
    When the caller puts "/instances/$id/enabled"
    And the caller reads the instance by its id
    Then the answer has these members
      | member   | value |
      | disabled | false |

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:switched-by-token @INST-485 @extended
  Scenario Outline: An instance of <connector> is switched by its token as well
    Given an instance of <connector>
    When the caller deletes "/instances/enabled" by the instance's token
    Then the answer is 200
    When the caller uses the instance
    Then the answer is 403
    When the caller puts "/instances/enabled" by the instance's token
    Then the answer is 200
    When the caller uses the instance
    Then the answer is 200

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:switch-unknown-id @INST-487 @extended
  Scenario: An id nobody was given cannot be switched
    When the caller puts "/instances/999999999999/enabled"
    Then the answer is 404
    And it is an error of the service
