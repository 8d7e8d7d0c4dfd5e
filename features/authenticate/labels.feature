Feature: An instance bears the name and the tags it was given

  @id:name-comes-back @INST-108 @core
  Scenario Outline: The name given to an instance of <connector> comes back
    Given a user of <connector> who has granted access
    When the caller creates an instance named "Rehearsal Über uns & Co. 12345"
    Then the instance is named "Rehearsal Über uns & Co. 12345"

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:tags-come-back @INST-109 @core
  Scenario Outline: The tags given to an instance of <connector> come back
    Given a user of <connector> who has granted access
    When the caller creates an instance named "Rehearsal tagged" with the tags "Tag Name 1" and "Tag Name 2"
    Then the answer is 200
    And the instance carries exactly the tags "Tag Name 1" and "Tag Name 2"

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:tags-optional @INST-110 @core
  Scenario Outline: An instance of <connector> needs no tags
    Given a user of <connector> who has granted access
    When the caller creates an instance without tags
    Then the answer is 200
    And the instance has an id and a token

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:name-is-tag @INST-111 @extended
  Scenario Outline: Without tags an instance of <connector> carries its name as its only tag
    Given a user of <connector> who has granted access
    When the caller creates an instance without tags
    Then the only tag of the instance is its name

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:markup-out-of-name @INST-462 @INST-466 @extended
  Scenario Outline: Markup is taken out of a name, its text stays
    Given a user of <connector> who has granted access
    When the caller creates an instance named "<name>" without tags
    Then the instance is named "rehearsal"
    And the only tag of the instance is its name

    Examples:
      | connector   | name                         |
      | bigcommerce | <a href='#'>rehearsal</a>    |
      | egnyte      | <b onclick='x()'>rehearsal</b> |

  @id:markup-out-of-tags @INST-467 @extended
  Scenario Outline: Markup is taken out of tags, their text stays
    Given a user of <connector> who has granted access
    When the caller creates an instance named "Rehearsal tagged" with the tags "<tag>" and "plain"
    Then the instance carries exactly the tags "Docs" and "plain"

    Examples:
      | connector   | tag         |
      | bigcommerce | <b>Docs</b> |
