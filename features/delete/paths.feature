Feature: An instance is deleted from wherever it is found

  @id:delete-by-token @INST-318 @extended
  Scenario Outline: An instance of <connector> is deleted by its token
    Given an instance of <connector>
    When the caller deletes "/instances" by the instance's token
    Then the answer is 200
    When the caller reads the instance by its id
    Then the answer is 404

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:delete-at-connector @INST-319 @extended
  Scenario Outline: An instance of <connector> is deleted at its connector's path
    Given an instance of <connector>
    When the caller deletes "/elements/$key/instances/$id"
    Then the answer is 200
    When the caller reads the instance by its id
    Then the answer is 404

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:delete-with-null @INST-320 @extended
  Scenario Outline: A delete may carry the body null
    Given an instance of <connector>
    When the caller deletes "/instances/$id"
      """
      null
      """
    Then the answer is 200
    When the caller reads the instance by its id
    Then the answer is 404

    Examples:
      | connector   |
      | bigcommerce |

  @id:deleted-not-changed @INST-322 @INST-323 @extended
  Scenario Outline: A deleted instance of <connector> can neither be changed nor read
    Given an instance of <connector>
    When the caller deletes the instance
    And the caller renames the instance to "Renamed" by its id
    Then the answer is 404
    When the caller puts "/instances/$id"
      """
      {"name": "Renamed"}
      """
    Then the answer is 404
    And it is an error of the service
    When the caller reads the instance by its token
    Then the answer is 401
    When the caller renames the instance to "Renamed"
    Then the answer is 401

    Examples:
      | connector   |
      | bigcommerce |
      | box         |
