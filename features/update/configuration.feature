Feature: A configuration is changed entry by entry

  @id:entries-listed @INST-390 @INST-396 @INST-397 @extended
  Scenario Outline: The configuration of an instance of <connector> is a list of entries
    Given an instance of <connector>
    When the caller gets "/instances/$id/configuration"
    Then the answer is 200
    And each entry has an id and a key
    And the entry "filter.response.nulls" has the value "true"
    And the entry "event.notification.enabled" has the value "false"

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:entry-read @INST-392 @extended
  Scenario Outline: One entry of an instance of <connector> is read by its id, and by the instance's token
    Given an instance of <connector>
    When the caller finds the entry "filter.response.nulls"
    And the caller gets "/instances/$id/configuration/$entry"
    Then the answer is 200
    And the answer is that entry
    And the answer has these members
      | member        | value                   |
      | key           | "filter.response.nulls" |
      | propertyValue | "true"                  |
    When the caller gets "/instances/configuration/$entry" by the instance's token
    Then the answer is 200
    And the body is the same as before

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:entries-by-token @INST-391 @extended
  Scenario Outline: The entries of an instance of <connector> are the same by its token
    Given an instance of <connector>
    When the caller gets "/instances/$id/configuration"
    And the caller gets "/instances/configuration" by the instance's token
    Then the answer is 200
    And the body is the same as before

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:entry-changed @INST-393 @INST-399 @INST-400 @extended
  Scenario Outline: A change of an entry of an instance of <connector> lasts
    Given an instance of <connector>
    When the caller changes the entry "filter.response.nulls" to "false"
    Then the answer is 200
    And the answer has these members
      | member        | value                   |
      | id            | a number                |
      | key           | "filter.response.nulls" |
      | propertyValue | "false"                 |
    When the caller gets "/instances/$id/configuration"
    Then the entry "filter.response.nulls" has the value "false"
    When the caller reads the instance by its id
    Then of the configuration only "filter.response.nulls" has changed
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

  @id:entries-cover-secrets @INST-453 @extended
  Scenario Outline: The entries of an instance of <connector> cover its secrets
    Given an instance of <connector>
    When the caller gets "/instances/$id/configuration"
    Then the entry "oauth.api.key" has the value "********"
    And the entry "oauth.api.secret" has the value "********"
    And the app's secret is nowhere in the answer
    When the caller gets "/instances/configuration" by the instance's token
    Then the entry "oauth.api.key" has the value "********"
    And the entry "oauth.api.secret" has the value "********"
    When the caller finds the entry "oauth.api.secret"
    And the caller gets "/instances/$id/configuration/$entry"
    Then the answer has these members
      | member        | value      |
      | propertyValue | "********" |
    When the caller gets "/instances/configuration/$entry" by the instance's token
    Then the answer has these members
      | member        | value      |
      | propertyValue | "********" |
    When the caller finds the entry "oauth.api.key"
    And the caller gets "/instances/$id/configuration/$entry"
    Then the answer has these members
      | member        | value      |
      | propertyValue | "********" |

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:unknown-entry @INST-398 @extended
  Scenario Outline: An entry nobody knows is not found
    Given an instance of <connector>
    When the caller patches "/instances/$id/configuration/999999999999"
      """
      {"propertyValue": "x"}
      """
    Then the answer is 404
    And it is an error of the service
    When the caller gets "/instances/$id/configuration/999999999999"
    Then the answer is 404
    And it is an error of the service

    Examples:
      | connector   |
      | bigcommerce |

  @id:entry-changed-by-token @INST-394 @INST-395 @extended
  Scenario Outline: An entry of an instance of <connector> is changed by its token, and may be sent back whole
    Given an instance of <connector>
    When the caller finds the entry "filter.response.nulls"
    And the caller patches "/instances/configuration/$entry" by the instance's token
      """
      {"id": $entry, "key": "filter.response.nulls", "name": "Filter null values", "propertyValue": "false"}
      """
    Then the answer is 200
    And the answer is that entry
    And the answer has these members
      | member        | value                   |
      | key           | "filter.response.nulls" |
      | propertyValue | "false"                 |
    When the caller gets "/instances/$id/configuration"
    Then the entry "filter.response.nulls" has the value "false"

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:entry-without-value @INST-402 @extended
  Scenario Outline: A change of an entry without a value is refused
    Given an instance of <connector>
    When the caller finds the entry "filter.response.nulls"
    And the caller patches "/instances/$id/configuration/$entry"
      """
      {"key": "filter.response.nulls"}
      """
    Then the answer is 400

    Examples:
      | connector   |
      | bigcommerce |

  @id:entry-asterisks @INST-461 @extended
  Scenario Outline: Asterisks in an entry of an instance of <connector> leave the stored secret alone
    Given an instance of <connector>
    When the caller finds the entry "oauth.api.secret"
    And the caller patches "/instances/$id/configuration/$entry"
      """
      {"propertyValue": "********"}
      """
    And the user grants access again
    And the caller reauthenticates the instance with the new code
    Then the answer is 200
    And the exchange carried the app's key, secret and callback

    Examples:
      | connector |
      | box       |

  @id:entry-change-is-quiet @INST-401 @extended
  Scenario Outline: A change of an entry asks nothing of <connector>
    Given an instance of <connector>
    When the caller changes the entry "filter.response.nulls" to "false"
    Then the provider's token endpoint heard nothing

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:entries-described @INST-404 @extended
  Scenario Outline: The entries of an instance of <connector> are described
    Given an instance of <connector>
    When the caller gets "/instances/$id/configuration"
    Then each entry has a name, a type and says whether it is required, active and hidden

    Examples:
      | connector   |
      | bigcommerce |
      | box         |
