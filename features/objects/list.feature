Feature: A create can answer with the connector's objects

  @id:objects-on-create @INST-360 @INST-363 @INST-364 @INST-365 @core
  Scenario Outline: <connector> lists its objects when the create asks for them
    Given a user of <connector> who has granted access
    When the caller creates an instance and asks for its objects
    Then the answer is 200
    And the answer lists objects
    And each object has a name, a vendor name and a known type
    And a vendor object has one name

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:objects-on-basic-create @INST-361 @INST-363 @INST-364 @INST-365 @core
  Scenario Outline: <connector>, a basic connector, lists its objects when the create asks for them
    Given a user of <connector> who has granted access
    When the caller creates an instance and asks for its objects
    Then the answer is 200
    And the answer lists objects
    And each object has a name, a vendor name and a known type
    And a vendor object has one name

    Examples:
      | connector   |
      | bigcommerce |

  @id:objects-on-create-at-number @INST-362 @core
  Scenario Outline: <connector> lists its objects when the create names it by number
    Given a user of <connector> who has granted access
    When the caller creates an instance at the path of the connector's number and asks for its objects
    Then the answer is 200
    And the answer lists objects

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:objects-not-wanted @INST-370 @extended
  Scenario Outline: <connector> keeps its objects to itself when told so
    Given a user of <connector> who has granted access
    When the caller creates an instance and asks for none of its objects
    Then the answer is 200
    And the answer has these members
      | member  | value  |
      | objects | absent |

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:objects-only-if-asked @INST-371 @extended
  Scenario Outline: <connector> keeps its objects to itself unless asked
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the answer has these members
      | member  | value  |
      | objects | absent |

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
