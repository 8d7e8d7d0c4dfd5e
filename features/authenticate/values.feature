Feature: A configuration is kept as strings

  @id:unknown-key-harmless @INST-140 @extended
  Scenario Outline: What <connector> does not know does no harm
    Given a user of <connector> who has granted access
    When the caller creates an instance with the configuration "filter.response.nulls" true and "nobody.knows.this" 7
    Then the answer is 200
    When the caller uses the instance
    Then the answer is 200

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:token-issue-time @INST-144 @extended
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

  @id:name-shown @INST-458 @extended
  Scenario Outline: An instance of <connector> shows the name of the account
    Given an instance of <connector>
    When the caller reads the instance by its id
    Then the configuration shows the user's name

    Examples:
      | connector   |
      | bigcommerce |

  @id:boolean-becomes-text @INST-143 @extended
  Scenario Outline: A boolean in the configuration of <connector> becomes its name
    Given a user of <connector> who has granted access
    When the caller creates an instance with the configuration "filter.response.nulls" true and "nobody.knows.this" 7
    Then the configuration has "filter.response.nulls" as "true"

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:password-covered @INST-457 @extended
  Scenario Outline: An instance of <connector> covers the password
    Given an instance of <connector>
    When the caller reads the instance by its id
    Then the configuration has "password" as "********"

    Examples:
      | connector   |
      | bigcommerce |
