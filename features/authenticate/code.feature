Feature: A code makes an instance of an OAuth connector
  The user grants access at the provider, the caller receives a code and hands it over. The service exchanges it
  before it answers, and from then on reaches the provider with the tokens it was given.

  @id:exchange-once @INST-001 @INST-002 @INST-003 @INST-126 @core
  Scenario Outline: <connector> exchanges the code once, and before the create is answered
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the answer is 200
    And the instance has an id and a token
    And the provider exchanged the code once

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:code-key-secret-callback-subdomain @INST-101 @INST-340 @core
  Scenario Outline: <connector> needs the code, the app's key, secret and callback, and the subdomain
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the answer is 200
    And the instance has an id and a token

    Examples:
      | connector |
      | egnyte    |

  @id:exchange-carries-app @INST-127 @INST-128 @extended
  Scenario Outline: The exchange of <connector> carries the key, the secret and the callback of the create
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the provider exchanged the code once
    And the exchange carried the app's key, secret and callback

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:calls-show-issued-token @INST-129 @core
  Scenario Outline: Calls through the instance show <connector> the token it issued for the code
    Given an instance of <connector>
    When the caller uses the instance
    Then the answer is 200
    And the provider was shown the token it issued for the code

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
