Feature: The user decides, and the callback learns of it

  @id:consent-brings-code @INST-338 @core
  Scenario Outline: Who consents at <connector> arrives at the callback with a code
    Given a user of <connector>
    When the caller asks for the OAuth URL with the state "rehearsal-1"
    And the user follows the URL and consents
    Then the callback receives a code and the state "rehearsal-1"

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:refusal-brings-error @INST-339 @core
  Scenario Outline: Who refuses at <connector> arrives at the callback with an error
    Given a user of <connector>
    When the caller asks for the OAuth URL
    And the user follows the URL and refuses
    Then the callback receives an error and no code

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:code-makes-instance @INST-340 @core
  Scenario Outline: The code received makes an instance of <connector>
    Given a user of <connector>
    When the caller asks for the OAuth URL
    And the user follows the URL and consents
    And the caller creates an instance
    Then the answer is 200
    And the instance has an id and a token

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
