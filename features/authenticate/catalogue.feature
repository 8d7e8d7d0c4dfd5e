Feature: The connectors are known by key and by number

  @id:connector-known @INST-500 @core
  Scenario Outline: There is a connector <connector>
    When the caller looks <connector> up
    Then the answer is 200
    And the answer has these members
      | member | value         |
      | key    | "<connector>" |

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | egnyte      |

  @id:connector-should-be-known @INST-501 @core
  Scenario Outline: There should be a connector <connector>
    When the caller looks <connector> up
    Then the answer is 200
    And the answer has these members
      | member | value         |
      | key    | "<connector>" |

    Examples:
      | connector  |
      | box        |
      | sfdc       |
      | quickbooks |

  @id:connector-by-number @INST-502 @INST-503 @extended
  Scenario Outline: <connector> is the same by its number as by its key
    When the caller looks <connector> up
    Then the answer has these members
      | member | value     |
      | id     | a number  |
      | name   | a string  |
      | active | a boolean |
    When the caller looks <connector> up by its number
    Then the answer is 200
    And the answer has these members
      | member | value         |
      | key    | "<connector>" |

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:unknown-connector @INST-504 @extended
  Scenario: A connector nobody knows is not found
    When the caller gets "/elements/no-such-connector"
    Then the answer is 404
    And it is an error of the service

  @id:list-connectors @INST-505 @extended
  Scenario: The connectors can be listed
    When the caller gets "/elements"
    Then the answer is 200
    And every entry of the answer has an id and a key

  @id:list-connector-keys @INST-506 @extended
  Scenario: The keys of the connectors can be listed
    When the caller gets "/elements/keys"
    Then the answer is 200
    And the answer is an array of strings

  @id:connector-metadata @INST-507 @extended
  Scenario Outline: <connector> has metadata
    When the caller looks <connector> up by its number at "/metadata"
    Then the answer is 200
    And the answer has these members
      | member      | value         |
      | id          | a number      |
      | key         | "<connector>" |
      | name        | a string      |
      | description | a string      |
      | events      | an object     |

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:unknown-metadata @INST-508 @extended
  Scenario: A number nobody knows has no metadata
    When the caller gets "/elements/999999999999/metadata"
    Then the answer is 404
    And it is an error of the service

  @id:configuration-defined @INST-509 @extended
  Scenario Outline: <connector> says what a create must send
    When the caller looks <connector> up
    Then the configuration of the connector is defined by key, name, type and whether it is required

    Examples:
      | connector   |
      | bigcommerce |
      | box         |
