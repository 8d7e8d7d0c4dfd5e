Feature: What cannot be authenticated does not become an instance

  @id:create-unknown-connector @INST-131 @INST-421 @extended
  Scenario: A connector nobody knows is not found
    When the caller posts to "/instances"
      """
      {"element": {"key": "no-such-connector"}, "name": "Rehearsal", "configuration": {}}
      """
    Then the answer is 404
    And it is an error of the service

  @id:create-without-connector @INST-132 @extended
  Scenario: A body without a connector is refused
    When the caller posts to "/instances"
      """
      {"name": "Rehearsal", "configuration": {}}
      """
    Then the answer is 400
    And it is an error of the service

  @id:missing-keys-named @INST-133 @INST-134 @extended
  Scenario: Every missing configuration key is named
    When the caller posts to "/instances"
      """
      {"element": {"key": "bigcommerce"}, "name": "Rehearsal", "configuration": {"username": "rehearsal"}}
      """
    Then the answer is 400
    And it is an error of the service
    And the message mentions "password"
    And the message mentions "store.url"

  @id:create-not-json @INST-139 @extended
  Scenario: A body that is not JSON is refused
    When the caller posts to "/instances"
      """
      {"element": {"key": "box"
      """
    Then the answer is 400
    And it is an error of the service

  @id:create-odd-body @INST-149 @INST-429 @extended
  Scenario Outline: A body that is <case> is refused
    When the caller posts to "/instances"
      """
      <body>
      """
    Then the answer is 400
    And it is an error of the service

    Examples:
      | case                                | body                                                                  |
      | an array                            | []                                                                    |
      | a string                            | "x"                                                                   |
      | an object with a configuration list | {"element": {"key": "box"}, "name": "Rehearsal", "configuration": []} |

  @id:create-without-code @INST-135 @extended
  Scenario Outline: An instance of <connector> needs a code
    Given a user of <connector>
    When the caller creates an instance without a code
    Then the answer is 400
    And it is an error of the service

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:nobodys-code @INST-136 @INST-137 @extended
  Scenario Outline: A code nobody issued is refused by <connector>, and nothing is left behind
    Given a user of <connector>
    When the caller creates an instance with a code nobody issued
    Then the answer is 400, 401 or 403
    And the provider's reason is passed on
    And the caller has no instance of that name

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:used-code @INST-138 @extended
  Scenario Outline: A code of <connector> makes one instance and no second
    Given an instance of <connector>
    When the caller creates another instance with the same code
    Then the answer is 400, 401 or 403
    And the provider's reason is passed on

    Examples:
      | connector   |
      | adobe-esign |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
