Feature: A PUT replaces what it names and keeps the rest

  @id:put-name-and-tags @INST-216 @extended
  Scenario Outline: Name and tags of an instance of <connector> are replaced, its configuration stays
    Given an instance of <connector>
    When the caller puts "/instances/$id"
      """
      {"name": "Rehearsal replaced", "tags": ["one", "two"]}
      """
    Then the answer is 200
    And the instance is named "Rehearsal replaced"
    And the instance carries exactly the tags "one" and "two"
    And the answer shows the same configuration
    When the caller uses the instance
    Then the answer is 200

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:put-no-tags @INST-217 @extended
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

  @id:put-at-connector @INST-219 @extended
  Scenario Outline: An instance of <connector> is replaced at its connector's path as well
    Given an instance of <connector>
    When the caller puts "/elements/$key/instances/$id"
      """
      {"name": "Rehearsal replaced"}
      """
    Then the answer is 200
    And the answer shows the same id and token
    And the instance is named "Rehearsal replaced"

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:put-by-token @INST-220 @extended
  Scenario Outline: An instance of <connector> is replaced by its token as well
    Given an instance of <connector>
    When the caller puts "/instances" by the instance's token
      """
      {"name": "Rehearsal replaced"}
      """
    Then the answer is 200
    And the answer shows the same id and token
    And the instance is named "Rehearsal replaced"

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:put-unknown-id @INST-223 @extended
  Scenario: An id nobody was given cannot be replaced
    When the caller puts "/instances/999999999999"
      """
      {"name": "Rehearsal replaced"}
      """
    Then the answer is 404
    And it is an error of the service

  @id:put-covers-secrets @INST-455 @extended
  Scenario Outline: The answers to PUT and PATCH cover the secrets of <connector>
    Given an instance of <connector>
    When the caller puts the instance back
    Then the secrets in the configuration are covered by eight asterisks
    When the caller renames the instance to "Rehearsal renamed"
    Then the secrets in the configuration are covered by eight asterisks

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:put-markup @INST-465 @extended
  Scenario Outline: A PUT takes the markup out of a name
    Given an instance of <connector>
    When the caller puts "/instances/$id"
      """
      {"name": "<name>"}
      """
    Then the instance is named "rehearsed"

    Examples:
      | connector   | name             |
      | bigcommerce | <b>rehearsed</b> |

  @id:put-without-authentication @INST-226 @extended
  Scenario Outline: A PUT can leave the token endpoint of <connector> alone
    Given an instance of <connector>
    When the caller puts "/instances/$id?reAuthenticate=false"
      """
      {"configuration": {"filter.response.nulls": "false"}}
      """
    Then the answer is 200
    And the provider's token endpoint heard nothing

    Examples:
      | connector |
      | box       |
