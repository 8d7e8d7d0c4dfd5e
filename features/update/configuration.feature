Feature: A configuration is changed entry by entry

  @INST-390 @INST-396 @INST-397 @INST-404 @extended
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

  @INST-391 @INST-392 @extended
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

  @INST-393 @INST-399 @INST-400 @INST-401 @extended
  Scenario Outline: A change of an entry of an instance of <connector> lasts, and asks nothing of the provider
    Given an instance of <connector>
    When the caller changes the entry "filter.response.nulls" to "false"
    Then the answer is 200
    And the provider's token endpoint heard nothing
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

  @INST-453 @extended
  Scenario Outline: The entries of an instance of <connector> cover its secrets
    Given an instance of <connector>
    When the caller gets "/instances/$id/configuration"
    Then the app's secret is nowhere in the answer

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @INST-398 @extended
  Scenario Outline: An entry nobody knows is not found
    Given an instance of <connector>
    When the caller patches "/instances/$id/configuration/999999999999"
      """
      {"propertyValue": "x"}
      """
    Then the answer is 404
    And it is an error of the service

    Examples:
      | connector   |
      | bigcommerce |
