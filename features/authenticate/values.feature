Feature: A configuration is kept as strings

  @INST-140 @INST-143 @extended
  Scenario Outline: What <connector> does not know does no harm, and a boolean becomes its name
    Given a user of <connector> who has granted access
    When the caller creates an instance with the configuration "filter.response.nulls" true and "nobody.knows.this" 7
    Then the answer is 200
    And the configuration has "filter.response.nulls" as "true"
    When the caller uses the instance
    Then the answer is 200

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @INST-144 @extended
  Scenario Outline: An instance of <connector> says when its token was issued
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the configuration says that the token was issued within the last minute

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @INST-457 @INST-458 @extended
  Scenario Outline: An instance of <connector> covers the password and shows the name
    Given an instance of <connector>
    When the caller reads the instance by its id
    Then the configuration has "password" as "********"
    And the configuration shows the user's name

    Examples:
      | connector   |
      | bigcommerce |
