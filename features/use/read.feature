Feature: An instance is read by its token
  With all three parts, GET /instances shows the token's instance. Its configuration holds the provider's access token,
  which is what one needs to revoke it, and keeps the app's secret covered.

  @id:token-shown @INST-180 @INST-451 @core
  Scenario Outline: The configuration of an instance of <connector> shows the access token
    Given an instance of <connector>
    When the caller reads the instance by its token
    Then the answer is 200
    And the list contains the instance
    And the instance's configuration shows an access token

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:token-shown-is-issued @INST-181 @core
  Scenario Outline: The access token shown is the one <connector> issued
    Given an instance of <connector>
    When the caller reads the instance by its token
    Then the access token shown is the one the provider issued for the code

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:app-secret-covered @INST-450 @core
  Scenario Outline: The secret of the app at <connector> is covered
    Given an instance of <connector>
    When the caller reads the instance by its token
    Then the list contains the instance
    And the app's secret is nowhere in the answer

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:created-secrets-are-asterisks @INST-452 @extended
  Scenario Outline: The answer to the create of an instance of <connector> covers its secrets
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the answer is 200
    And the secrets in the configuration are covered by eight asterisks

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:secrets-are-asterisks @INST-454 @extended
  Scenario Outline: The secrets of an instance of <connector> are eight asterisks
    Given an instance of <connector>
    When the caller reads the instance by its id
    Then the secrets in the configuration are covered by eight asterisks

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:read-by-id @INST-150 @INST-155 @INST-158 @extended
  Scenario Outline: An instance of <connector> is the same by its id
    Given an instance of <connector>
    When the caller reads the instance by its id
    Then the answer is 200
    And the answer shows the same id and token
    And the answer shows the same name, tags and creation date
    And the answer has these members
      | member            | value               |
      | id                | a number            |
      | name              | a string            |
      | token             | a string            |
      | valid             | a boolean           |
      | tags              | an array of strings |
      | user              | an object           |
      | user.id           | a number            |
      | user.emailAddress | a string            |
    And the instance belongs to <connector>
    And the configuration is not empty and holds only strings and nulls

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:read-unknown-id @INST-153 @INST-421 @INST-422 @extended
  Scenario: An id nobody was given is not found
    When the caller gets "/instances/999999999999"
    Then the answer is 404
    And it is an error of the service

  @id:passwords-covered @INST-456 @extended
  Scenario Outline: What <connector> defines as a password is covered
    Given an instance of <connector>
    When the caller reads the instance by its id
    Then every entry that <connector> defines as a password is covered

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:empty-secret-is-null @INST-459 @extended
  Scenario Outline: A secret that <connector> was not given is not covered
    Given an instance of <connector>
    When the caller reads the instance by its id
    Then the answer has these members
      | member                         | value  |
      | configuration.oauth\\.api\\.secret | absent |

    Examples:
      | connector   |
      | bigcommerce |

  @id:request-id-in-hexadecimal @INST-423 @extended
  Scenario: A request id is 24 or 25 hexadecimal digits
    When the caller gets "/instances/999999999999"
    Then the requestId is 24 or 25 hexadecimal digits
