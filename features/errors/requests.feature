Feature: A request that cannot be understood is refused in JSON

  @INST-425 @extended
  Scenario: A path nobody serves is not found
    When the caller gets "/elements/box/no-such-thing"
    Then the answer is 404
    And it is an error of the service

  @INST-426 @extended
  Scenario: A verb the path does not have is not allowed
    When the caller posts to "/instances/1"
      """
      {}
      """
    Then the answer is 405
    And it is an error of the service

  @INST-154 @extended
  Scenario: An id that is no number is not found
    When the caller gets "/instances/abc"
    Then the answer is 400 or 404
    And it is an error of the service

  @INST-431 @extended
  Scenario: An error holds neither HTML nor a stack trace
    When the caller posts to "/instances"
      """
      {"element": 7}
      """
    Then the answer is 400
    And it is an error of the service
    And the body holds neither HTML nor a stack trace
