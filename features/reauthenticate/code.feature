Feature: A new code brings a revoked instance back
  The user grants access once more, the caller passes the new code to the same instance, and every holder of its id and
  token goes on as before.

  @id:whole-walk @INST-004 @INST-005 @INST-250 @INST-251 @INST-269 @INST-280 @INST-286 @INST-287 @INST-527 @core
  Scenario Outline: The instance of <connector> dies and comes back, from the first step to the last
    Given an instance of <connector>
    When the caller reads the instance by its token
    Then the instance's configuration shows an access token
    When the instance's tokens are revoked at the provider
    Then the provider confirms the revocation
    When the caller uses the instance
    Then the provider refused the revoked token
    And the answer is 401
    And the provider's reason is passed on
    When the caller reads the instance by its token
    Then the answer is 200
    When the caller asks for the OAuth URL
    And the user follows the URL and consents
    And the caller reauthenticates the instance with the new code
    Then the answer is 200
    And the answer shows the same id and token
    And the provider exchanged the code once
    And the exchange carried the app's key, secret and callback
    When the caller uses the instance
    Then the answer is 200
    And the provider was shown the token it issued for the code
    And the provider refuses the revoked token

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:patch-by-token @INST-252 @INST-253 @core
  Scenario Outline: <connector> exchanges the new code once, for the key, the secret and the callback of the create
    Given a revoked instance of <connector>
    When the user grants access again
    And the caller reauthenticates the instance with the new code
    Then the provider exchanged the code once
    And the exchange carried the app's key, secret and callback

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:configuration-shows-new-token @INST-254 @core
  Scenario Outline: The configuration shows the token that <connector> issued for the new code
    Given a revoked instance of <connector>
    When the user grants access again
    And the caller reauthenticates the instance with the new code
    And the caller reads the instance by its token
    Then the access token shown is the one the provider issued for the code
    And the access token shown is not the revoked one

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:id-and-token-stay @INST-255 @core
  Scenario Outline: The instance of <connector> keeps its id and its token
    Given a revoked instance of <connector>
    When the user grants access again
    And the caller reauthenticates the instance with the new code
    Then the answer shows the same id and token
    When the caller reads the instance by its token
    Then the list contains the instance

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:patch-by-id @INST-256 @INST-259 @INST-260 @INST-262 @extended
  Scenario Outline: The instance of <connector> takes the new code at its id as well
    Given a revoked instance of <connector>
    When the user grants access again
    And the caller reauthenticates the instance by its id
    Then the answer is 200
    And the answer shows the same id and token
    And the answer shows the same name, tags and creation date
    And of the configuration nothing but the user's tokens has changed
    And the answer has these members
      | member       | value  |
      | valid        | true   |
      | providerData | absent |
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

  @id:put-with-code @INST-257 @extended
  Scenario Outline: The instance of <connector> takes the new code in a PUT
    Given a revoked instance of <connector>
    When the user grants access again
    And the caller puts the instance back with the new code
    Then the answer is 200
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

  @id:refused-code-changes-nothing @INST-263 @extended
  Scenario Outline: A code that <connector> refuses changes nothing
    Given an instance of <connector>
    When the caller reauthenticates the instance with a code nobody issued
    Then the answer is 400, 401 or 403
    And the provider's reason is passed on
    When the caller reads the instance by its id
    Then the answer shows the same configuration
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

  @id:working-instance @INST-264 @extended
  Scenario Outline: An instance of <connector> that still works can be reauthenticated
    Given an instance of <connector>
    When the user grants access again
    And the caller reauthenticates the instance with the new code
    Then the answer is 200
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

  @id:twice @INST-265 @extended
  Scenario Outline: The instance of <connector> can die and come back twice
    Given a revoked instance of <connector>
    When the user grants access again
    And the caller reauthenticates the instance with the new code
    Then the answer is 200
    When the instance's tokens are revoked at the provider
    And the caller uses the instance
    Then the answer is 401
    When the user grants access again
    And the caller reauthenticates the instance with the new code
    Then the answer is 200
    When the caller uses the instance
    Then the answer is 200

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:others-untouched @INST-266 @extended
  Scenario Outline: The new code of one instance of <connector> leaves the other alone
    Given an instance of <connector>
    And an instance of a second user
    When the first instance's tokens are revoked at the provider
    And the first user grants access again
    And the caller reauthenticates the first instance with the new code
    And the caller uses the second instance
    Then the answer is 200
    And the provider was shown the credentials of the second user

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:empty-code @INST-268 @extended
  Scenario Outline: An empty code is no code
    Given an instance of <connector>
    When the caller reauthenticates the instance with an empty code
    Then the answer is 400
    And it is an error of the service

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:name-and-code @INST-258 @INST-261 @INST-267 @extended
  Scenario Outline: A name and a new code go together, and the instance of <connector> knows when its token was issued
    Given a revoked instance of <connector>
    When the user grants access again
    And the caller replaces the instance by its token with the new code and the name "Back again"
    Then the answer is 200
    And the instance is named "Back again"
    And the configuration says that the token was issued within the last minute
    When the caller uses the instance
    Then the answer is 200

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
