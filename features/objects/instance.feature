Feature: The objects of an instance can be asked for at any time

  @id:objects-by-name @INST-373 @INST-374 @extended
  Scenario Outline: The objects of an instance of <connector> are listed by name
    Given an instance of <connector>
    When the caller gets "/objects" by the instance's token
    Then the answer is 200
    And the answer is an array of strings
    When the caller gets "/hubs/$hub/objects" by the instance's token
    Then the answer is 200
    And the answer is an array of strings
    And the same objects are listed as before

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:objects-in-helium @INST-375 @extended
  Scenario Outline: The objects of an instance of <connector> are described to those who ask for Helium
    Given an instance of <connector>
    When the caller gets "/objects" by the instance's token with "elements-version: Helium"
    Then the answer is 200
    And every entry of the answer has a name, a vendor name and a type

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:objects-absent-on-read @INST-372 @extended
  Scenario Outline: An instance of <connector> read by its id has no objects
    Given a user of <connector> who has granted access
    When the caller creates an instance and asks for its objects
    And the caller reads the instance by its id
    Then the answer has these members
      | member  | value  |
      | objects | absent |

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:objects-of-both-kinds @INST-376 @extended
  Scenario Outline: The objects of an instance of <connector> are of the vendor and canonical
    Given an instance of <connector>
    When the caller gets "/objects" by the instance's token with "elements-version: Helium"
    Then the answer describes a vendor object and a canonical one

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
