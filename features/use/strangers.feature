Feature: An instance belongs to its caller
  Every caller has secrets of their own; nobody gets at what another has authenticated.

  @id:stranger-cannot-touch @INST-468 @extended
  Scenario Outline: Another caller can neither read nor change nor delete the instance of <connector>
    Given an instance of <connector>
    When another caller reads the instance by its id
    Then the call is refused
    And the instance's token is nowhere in the answer
    When another caller renames the instance by its id
    Then the call is refused
    When another caller deletes the instance
    Then the call is refused
    When the caller reads the instance by its id
    Then the answer is 200
    And the answer shows the same name, tags and creation date

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:stranger-does-not-list @INST-469 @extended
  Scenario Outline: The instance of <connector> is not on another caller's list
    Given an instance of <connector>
    When another caller lists all instances
    Then the list does not contain the instance

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:stranger-cannot-use @INST-470 @extended
  Scenario Outline: Another caller cannot use the token of the instance of <connector>
    Given an instance of <connector>
    When another caller uses the instance
    Then the answer is 401 or 403
    And the provider heard nothing

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
