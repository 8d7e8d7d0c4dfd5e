Feature: A request that cannot be understood is refused in JSON

  @id:unknown-path @INST-425 @extended
  Scenario: A path nobody serves is not found
    When the caller gets "/elements/box/no-such-thing"
    Then the answer is 404
    And it is an error of the service

  @id:wrong-verb @INST-426 @extended
  Scenario: A verb the path does not have is not allowed
    When the caller posts to "/instances/1"
      """
      {}
      """
    Then the answer is 405
    And it is an error of the service

  @id:id-not-a-number @INST-154 @extended
  Scenario: An id that is no number is not found
    When the caller gets "/instances/abc"
    Then the answer is 400 or 404
    And it is an error of the service

  @id:no-html @INST-431 @extended
  Scenario: An error holds neither HTML nor a stack trace
    When the caller posts to "/instances"
      """
      {"element": 7}
      """
    Then the answer is 400
    And it is an error of the service
    And the body holds neither HTML nor a stack trace

  @id:says-json @INST-031 @extended
  Scenario Outline: <path> is answered as JSON
    When the caller gets "<path>"
    Then the header "content-type" begins with "application/json"

    Examples:
      | case         | path                     |
      | found        | /elements/keys           |
      | not found    | /instances/999999999999  |
      | no such path | /elements/keys/no-such   |

  @id:says-what-is-not-found @INST-430 @extended
  Scenario: What is not found is said to be not found
    When the caller gets "/instances/999999999999"
    Then the message says "No ... found" or "Invalid ... provided."
