Feature: The OAuth URL sends the user to the provider

  @INST-330 @core
  Scenario Outline: <connector> gives its URL for key, secret, callback and subdomain
    Given a user of <connector>
    When the caller asks for the OAuth URL
    Then the answer is 200
    And it holds the OAuth URL of <connector>

    Examples:
      | connector |
      | egnyte    |

  @INST-331 @core
  Scenario Outline: <connector> gives its URL for key, secret and callback
    Given a user of <connector>
    When the caller asks for the OAuth URL
    Then the answer is 200
    And it holds the OAuth URL of <connector>

    Examples:
      | connector   |
      | adobe-esign |

  @INST-336 @core
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

  @INST-337 @core
  Scenario Outline: The subdomain leads the host or the path of the URL of <connector>
    Given a user of <connector>
    When the caller asks for the OAuth URL
    Then the subdomain leads the URL

    Examples:
      | connector |
      | egnyte    |

  @INST-332 @INST-333 @INST-334 @INST-335 @extended
  Scenario Outline: The URL of <connector> asks for a code for the app and its callback
    Given a user of <connector>
    When the caller asks for the OAuth URL
    Then the URL's client id and redirect URI are the app's
    And the URL's parameter "response_type" is "code"
    And the URL's parameter "state" is "<connector>"

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @INST-472 @extended
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

  @INST-343 @INST-344 @extended
  Scenario Outline: A URL without <missing> is refused
    When the caller gets "/elements/box/oauth/url?<query>"
    Then the answer is 400
    And it is an error of the service

    Examples:
      | missing     | query                                                 |
      | apiKey      | apiSecret=s&callbackUrl=https://app.example.com/callback |
      | callbackUrl | apiKey=k&apiSecret=s                                  |

  @INST-346 @extended
  Scenario: A connector nobody knows has no URL
    When the caller gets "/elements/no-such-connector/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback"
    Then the answer is 404
    And it is an error of the service

  @INST-347 @extended
  Scenario: A basic connector has no URL
    When the caller gets "/elements/bigcommerce/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback"
    Then the answer is 400 or 404
    And it is an error of the service
