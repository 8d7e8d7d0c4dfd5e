Feature: Name and tags change without the provider
  Basic information is updated without a new authentication.

  @id:rename-asks-nothing @INST-210 @core
  Scenario Outline: A rename asks nothing of <connector>
    Given an instance of <connector>
    When the caller renames the instance to "Renamed"
    Then the answer is 200
    And the provider's token endpoint heard nothing
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

  @id:rename-leaves-others @INST-215 @core
  Scenario Outline: A rename of one instance of <connector> leaves the other as it was
    Given an instance of <connector>
    And an instance of a second user
    When the caller renames the first instance to "Renamed"
    Then the answer is 200
    And the second instance is as it was

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:rename-by-id @INST-211 @INST-221 @INST-227 @extended
  Scenario Outline: A rename of the instance of <connector> by its id changes the name
    Given an instance of <connector>
    When the caller renames the instance to "Renamed" by its id
    Then the answer is 200
    And the answer shows the same id and token
    And the instance is named "Renamed"
    And the configuration is not empty and holds only strings and nulls
    When the caller reads the instance by its id
    Then the instance is named "Renamed"
    And the answer shows the same creation date

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:tags-replaced @INST-212 @extended
  Scenario Outline: New tags of the instance of <connector> take the place of the old
    Given an instance of <connector>
    When the caller patches the instance
      """
      {"tags": ["one", "two"]}
      """
    Then the answer is 200
    And the instance carries exactly the tags "one" and "two"

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:put-back @INST-218 @INST-227 @INST-460 @extended
  Scenario Outline: An instance of <connector> put back as it was read goes on working
    Given an instance of <connector>
    When the caller puts the instance back
    Then the answer is 200
    And the configuration is not empty and holds only strings and nulls
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

  @id:put-asterisks @INST-460 @extended
  Scenario Outline: Asterisks that are put back leave the app's secret of an instance of <connector> alone
    Given an instance of <connector>
    When the caller puts the instance back
    Then the answer is 200
    When the user grants access again
    And the caller reauthenticates the instance with the new code
    Then the answer is 200
    And the exchange carried the app's key, secret and callback
    When the caller uses the instance
    Then the answer is 200

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:empty-patch @INST-230 @extended
  Scenario Outline: An empty change of the instance of <connector> changes nothing
    Given an instance of <connector>
    When the caller patches the instance
      """
      {}
      """
    Then the answer is 200
    And the answer shows the same id and token
    And the answer shows the same name, tags and creation date

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:patch-unknown-id @INST-222 @extended
  Scenario: A change of an id nobody was given is not found
    When the caller patches "/instances/999999999999"
      """
      {"name": "Renamed"}
      """
    Then the answer is 404
    And it is an error of the service

  @id:rename-keeps-tags @INST-232 @extended
  Scenario Outline: A rename of the instance of <connector> keeps its tags
    Given an instance of <connector>
    When the caller renames the instance to "Renamed" by its id
    And the caller reads the instance by its id
    Then the answer shows the same tags and creation date

    Examples:
      | connector   |
      | bigcommerce |
      | box         |
