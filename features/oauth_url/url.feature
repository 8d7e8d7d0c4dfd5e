Feature: The OAuth URL sends the user to the provider

  @id:url-with-subdomain @INST-330 @core
  Scenario Outline: <connector> gives its URL for key, secret, callback and subdomain
    Given a user of <connector>
    When the caller asks for the OAuth URL
    Then the answer is 200
    And it holds the OAuth URL of <connector>

    Examples:
      | connector |
      | egnyte    |

  @id:url-without-subdomain @INST-331 @core
  Scenario Outline: <connector> gives its URL for key, secret and callback
    Given a user of <connector>
    When the caller asks for the OAuth URL
    Then the answer is 200
    And it holds the OAuth URL of <connector>

    Examples:
      | connector   |
      | adobe-esign |

  @id:state-carried @INST-336 @core
  Scenario Outline: The URL of <connector> carries the state it was given
    Given a user of <connector>
    When the caller asks for the OAuth URL with the state "Zürich & back=1"
    Then the URL's parameter "state" is "Zürich & back=1"

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:subdomain-leads @INST-337 @core
  Scenario Outline: The subdomain leads the host or the path of the URL of <connector>
    Given a user of <connector>
    When the caller asks for the OAuth URL
    Then the subdomain leads the URL

    Examples:
      | connector |
      | egnyte    |

  @id:url-asks-for-code @INST-332 @INST-333 @INST-334 @extended
  Scenario Outline: The URL of <connector> asks for a code for the app and its callback
    Given a user of <connector>
    When the caller asks for the OAuth URL
    Then the URL's client id and redirect URI are the app's
    And the URL's parameter "response_type" is "code"

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:url-keeps-secret @INST-472 @extended
  Scenario Outline: The URL of <connector> keeps the app's secret
    Given a user of <connector>
    When the caller asks for the OAuth URL
    Then the app's secret is nowhere in the answer

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:url-lacks-parameter @INST-343 @INST-344 @extended
  Scenario Outline: A URL without <case> is refused
    When the caller gets "/elements/box/oauth/url?<query>"
    Then the answer is 400
    And it is an error of the service

    Examples:
      | case        | query                                                 |
      | apiKey      | apiSecret=s&callbackUrl=https://app.example.com/callback |
      | callbackUrl | apiKey=k&apiSecret=s                                  |

  @id:url-unknown-connector @INST-346 @extended
  Scenario: A connector nobody knows has no URL
    When the caller gets "/elements/no-such-connector/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback"
    Then the answer is 404
    And it is an error of the service

  @id:url-of-basic-connector @INST-347 @extended
  Scenario: A basic connector has no URL
    When the caller gets "/elements/bigcommerce/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback"
    Then the answer is 400 or 404
    And it is an error of the service

  @id:state-of-its-own @INST-335 @extended
  Scenario Outline: Without a state the URL of <connector> carries the connector's key
    Given a user of <connector>
    When the caller asks for the OAuth URL
    Then the URL's parameter "state" is "<connector>"

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
