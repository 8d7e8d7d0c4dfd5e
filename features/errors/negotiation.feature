Feature: What the service cannot read or write is refused

  @id:accept-xml @INST-427 @extended
  Scenario Outline: A reader of XML is turned away
    Given an instance of <connector>
    When the caller gets "/instances/$id" with "accept: application/xml"
    Then the answer is 406
    And it is an error of the service

    Examples:
      | connector   |
      | bigcommerce |

  @id:send-plain-text @INST-428 @extended
  Scenario: A writer of plain text is turned away
    When the caller posts to "/instances" with "content-type: text/plain"
      """
      hello
      """
    Then the answer is 415
    And it is an error of the service
