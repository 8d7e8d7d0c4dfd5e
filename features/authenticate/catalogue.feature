Feature: The connectors are known by key and by number

  @INST-500 @core
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

  @INST-501 @core
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

  @INST-502 @INST-503 @extended
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

  @INST-504 @extended
  Scenario: A connector nobody knows is not found
    When the caller gets "/elements/no-such-connector"
    Then the answer is 404
    And it is an error of the service

  @INST-505 @extended
  Scenario: The connectors can be listed
    When the caller gets "/elements"
    Then the answer is 200
    And every entry of the answer has an id and a key

  @INST-506 @extended
  Scenario: The keys of the connectors can be listed
    When the caller gets "/elements/keys"
    Then the answer is 200
    And the answer is an array of strings

  @INST-507 @extended
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

  @INST-508 @extended
  Scenario: A number nobody knows has no metadata
    When the caller gets "/elements/999999999999/metadata"
    Then the answer is 404
    And it is an error of the service
