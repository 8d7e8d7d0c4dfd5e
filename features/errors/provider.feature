Feature: What goes wrong at the provider is told apart

  @id:provider-refuses @INST-292 @INST-293 @extended
  Scenario Outline: <connector> answers <status>, and the caller learns of it
    Given an instance of <connector>
    When the provider answers the next call with <status>
    And the caller uses the instance
    Then the answer is <status>
    And the provider's words "rehearsed trouble" are passed on

    Examples:
      | connector   | case | status |
      | adobe-esign | 403  | 403    |
      | adobe-esign | 404  | 404    |
      | bigcommerce | 403  | 403    |
      | bigcommerce | 404  | 404    |
      | box         | 403  | 403    |
      | box         | 404  | 404    |
      | quickbooks  | 403  | 403    |
      | sfdc        | 403  | 403    |
      | quickbooks  | 404  | 404    |
      | sfdc        | 404  | 404    |

  @id:provider-fails @INST-294 @INST-295 @extended
  Scenario Outline: <connector> answers <status>, and the caller should learn of it
    Given an instance of <connector>
    When the provider answers the next call with <status>
    And the caller uses the instance
    Then the answer is <answer>

    Examples:
      | connector   | case | status | answer     |
      | adobe-esign | 429  | 429    | 429        |
      | bigcommerce | 429  | 429    | 429        |
      | box         | 429  | 429    | 429        |
      | egnyte      | 429  | 429    | 429        |
      | quickbooks  | 429  | 429    | 429        |
      | sfdc        | 429  | 429    | 429        |
      | adobe-esign | 503  | 503    | 500 or 502 |
      | bigcommerce | 503  | 503    | 500 or 502 |
      | box         | 503  | 503    | 500 or 502 |
      | egnyte      | 503  | 503    | 500 or 502 |
      | quickbooks  | 503  | 503    | 500 or 502 |
      | sfdc        | 503  | 503    | 500 or 502 |

  @id:reason-as-pairs @INST-296 @extended
  Scenario Outline: A flat refusal of <connector> is told as names and values
    Given an instance of <connector>
    When the provider answers the next call with 403
    And the caller uses the instance
    Then the provider's message is "code - REHEARSED, message - rehearsed trouble"

    Examples:
      | connector   |
      | bigcommerce |
      | box         |
