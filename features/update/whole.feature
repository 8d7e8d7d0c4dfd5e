Feature: A PUT replaces what it names and keeps the rest

  @INST-216 @extended
  Scenario Outline: Name and tags of an instance of <connector> are replaced, its configuration stays
    Given an instance of <connector>
    When the caller puts "/instances/$id"
      """
      {"name": "Replaced", "tags": ["one", "two"]}
      """
    Then the answer is 200
    And the instance is named "Replaced"
    And the instance carries exactly the tags "one" and "two"
    And the answer shows the same configuration
    When the caller uses the instance
    Then the answer is 200

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @INST-217 @extended
  Scenario Outline: An empty array leaves an instance of <connector> without tags
    Given an instance of <connector>
    When the caller puts "/instances/$id"
      """
      {"tags": []}
      """
    Then the answer has these members
      | member | value |
      | tags   | []    |

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @INST-219 @extended
  Scenario Outline: An instance of <connector> is replaced at its connector's path as well
    Given an instance of <connector>
    When the caller puts "/elements/$key/instances/$id"
      """
      {"name": "Replaced"}
      """
    Then the answer is 200
    And the answer shows the same id and token
    And the instance is named "Replaced"

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @INST-220 @extended
  Scenario Outline: An instance of <connector> is replaced by its token as well
    Given an instance of <connector>
    When the caller puts "/instances" by the instance's token
      """
      {"name": "Replaced"}
      """
    Then the answer is 200
    And the answer shows the same id and token
    And the instance is named "Replaced"

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @INST-223 @extended
  Scenario: An id nobody was given cannot be replaced
    When the caller puts "/instances/999999999999"
      """
      {"name": "Replaced"}
      """
    Then the answer is 404
    And it is an error of the service
