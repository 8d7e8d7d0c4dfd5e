Feature: A revoked token shows in the next call
  The token is withdrawn at the provider, behind the service's back. Nothing tells the service; the caller learns of it
  from the next call, with the provider's own reason.

  @id:call-answers-401 @INST-280 @INST-281 @INST-283 @core
  Scenario Outline: A call through the revoked instance of <connector> fails
    Given an instance of <connector>
    When the instance's tokens are revoked at the provider
    And the caller uses the instance
    Then the answer is 401
    And the message is "Request failed"
    And the answer has these members
      | member    | value    |
      | requestId | a string |

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:reason-passed-on @INST-282 @core
  Scenario Outline: The caller is told what <connector> said
    Given an instance of <connector>
    When the instance's tokens are revoked at the provider
    And the caller uses the instance
    Then the provider refused the call
    And the provider's reason is passed on

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:reason-as-name-and-value @INST-284 @core
  Scenario Outline: The words of <connector> are passed on as name and value
    Given an instance of <connector>
    When the instance's tokens are revoked at the provider
    And the caller uses the instance
    Then the provider's message is "code - INVALID_ACCESS_TOKEN, message - Access token provided is invalid or has expired"

    Examples:
      | connector   |
      | adobe-esign |

  @id:every-resource-fails @INST-285 @core
  Scenario Outline: Every resource of the revoked instance of <connector> fails
    Given an instance of <connector>
    When the instance's tokens are revoked at the provider
    And the caller uses the instance
    Then the answer is 401
    When the caller uses another resource of the instance
    Then the answer is 401

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:reason-without-token @INST-475 @extended
  Scenario Outline: The reason given for <connector> does not contain the token
    Given an instance of <connector>
    When the instance's tokens are revoked at the provider
    And the caller uses the instance
    Then the revoked token is nowhere in the answer

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
