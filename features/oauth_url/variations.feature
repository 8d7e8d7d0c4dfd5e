Feature: The OAuth URL is given to whoever asks properly

  @id:url-at-number @INST-341 @extended
  Scenario Outline: The number of <connector> gives the URL of its key
    When the caller looks <connector> up by its number at "/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback"
    Then the answer is 200
    And the answer has these members
      | member   | value         |
      | element  | "<connector>" |
      | oauthUrl | a string      |

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | sfdc        |

  @id:url-by-post @INST-342 @extended
  Scenario Outline: <connector> gives its URL for a JSON body as well
    When the caller gets "/elements/<connector>/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback"
    And the caller posts to "/elements/<connector>/oauth/url"
      """
      {"apiKey": "k", "apiSecret": "s", "callbackUrl": "https://app.example.com/callback"}
      """
    Then the answer is 200
    And the body is the same as before

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | sfdc        |

  @id:url-lacks-secret @INST-345 @extended
  Scenario: A URL without apiSecret is refused
    When the caller gets "/elements/box/oauth/url?apiKey=k&callbackUrl=https://app.example.com/callback"
    Then the answer is 400
    And it is an error of the service

  @id:empty-parameters @INST-348 @extended
  Scenario Outline: Parameters of <connector> without a value are as good as left out
    When the caller gets "/elements/<connector>/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback"
    And the caller gets "/elements/<connector>/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback&scope=&siteAddress=&subdomain="
    Then the answer is 200
    And the body is the same as before

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | sfdc        |

  @id:url-without-header @INST-349 @extended
  Scenario: Nobody needs a header to get a URL
    When the caller gets "/elements/box/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback" with the header ""
    Then the answer is 200

  @id:scope-given @INST-350 @extended
  Scenario Outline: A scope given to <connector> takes the place of the default
    When the caller gets "/elements/<connector>/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback&scope=rehearsed"
    Then the URL's parameter "scope" is "rehearsed"

    Examples:
      | connector |
      | box       |
      | sfdc      |

  @id:callback-keeps-query @INST-352 @extended
  Scenario Outline: The callback of <connector> keeps its own query
    When the caller gets "/elements/<connector>/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https%3A%2F%2Fapp.example.com%2Fcallback%3Fa%3D1%26b%3D2"
    Then the URL's parameter "redirect_uri" is "https://app.example.com/callback?a=1&b=2"

    Examples:
      | connector |
      | box       |
      | sfdc      |
