Feature: An error says what failed
  requestId and message are always there; providerMessage when the provider was the one who refused.

  @id:refusal-in-three-strings @INST-420 @core
  Scenario Outline: The refusal of <connector> is told in three strings
    Given a revoked instance of <connector>
    When the caller uses the instance
    Then the answer has these members
      | member          | value    |
      | requestId       | a string |
      | message         | a string |
      | providerMessage | a string |

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:request-id-of-its-own @INST-424 @extended
  Scenario Outline: Every failure of <connector> has a requestId of its own
    Given a revoked instance of <connector>
    When the caller uses the instance
    And the caller uses the instance
    Then the last two answers differ in requestId

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:wrong-token-locks-nobody-out @INST-033 @extended
  Scenario Outline: A wrong token for <connector> locks nobody out
    Given an instance of <connector>
    When the caller gets "/objects" with the header "User $user, Organization $organization, Element nobody"
    Then the answer is 401
    When the caller uses the instance
    Then the answer is 200

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
