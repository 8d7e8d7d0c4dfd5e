Feature: A PATCH changes what it names and nothing else

  @id:id-repeated @INST-213 @extended
  Scenario Outline: The id of the path may be repeated in the body
    Given an instance of <connector>
    When the caller patches "/instances/$id"
      """
      {"id": $id, "name": "Repeated"}
      """
    Then the answer is 200
    And the instance is named "Repeated"

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:one-key-alone @INST-214 @extended
  Scenario Outline: One configuration key of an instance of <connector> changes alone
    Given an instance of <connector>
    When the caller patches "/instances/$id"
      """
      {"configuration": {"filter.response.nulls": "false"}}
      """
    Then the answer is 200
    And of the configuration only "filter.response.nulls" has changed

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:patch-without-element @INST-018 @extended
  Scenario Outline: Without the Element part nobody's instance is changed
    Given an instance of <connector>
    When the caller patches "/instances"
      """
      {"name": "Nobody's"}
      """
    Then the answer is 400 or 401
    When the caller reads the instance by its id
    Then the answer shows the same name, tags and creation date

    Examples:
      | connector   |
      | bigcommerce |

  @id:create-beside @INST-025 @extended
  Scenario Outline: A create with the Element part of an instance makes another instance
    Given an instance of <connector>
    When the user grants access again
    And the caller creates an instance with the Element part of the first
    Then the answer is 200
    And the two instances differ in id and token
    When the caller reads the instance by its id
    Then the answer is 200
    And the answer shows the same id and token
    And the answer shows the same name, tags and creation date
    And the answer shows the same configuration

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:path-decides @INST-026 @INST-027 @extended
  Scenario Outline: The id in the path decides, whatever the Element part
    Given an instance of <connector>
    And an instance of a second user
    When the caller patches "/instances/$other" by the instance's token
      """
      {"name": "The second"}
      """
    Then the answer is 200
    When the caller gets "/instances/$other" by the instance's token
    Then the answer is 200
    And the instance is named "The second"
    When the caller reads the instance by its id
    Then the answer shows the same name, tags and creation date

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:patch-not-json @INST-225 @extended
  Scenario Outline: What is not JSON changes nothing
    Given an instance of <connector>
    When the caller patches "/instances/$id"
      """
      {"name":
      """
    Then the answer is 400
    And it is an error of the service
    When the caller reads the instance by its id
    Then the answer shows the same name, tags and creation date

    Examples:
      | connector   |
      | bigcommerce |

  @id:service-members-stay @INST-228 @extended
  Scenario Outline: What belongs to the service cannot be changed
    Given an instance of <connector>
    When the caller patches "/instances/$id"
      """
      {"token": "taken", "createdDate": "1999-12-31T23:59:59Z", "user": {"id": 1}}
      """
    And the caller reads the instance by its id
    Then the answer shows the same id and token
    And the answer shows the same name, tags and creation date

    Examples:
      | connector   |
      | bigcommerce |

  @id:other-id-in-body @INST-229 @extended
  Scenario Outline: Another id in the body does not change another instance
    Given an instance of <connector>
    And an instance of a second user
    When the caller patches "/instances/$id"
      """
      {"id": $other, "name": "Misled"}
      """
    Then the second instance is as it was

    Examples:
      | connector   |
      | bigcommerce |

  @id:markup-out-of-new-name @INST-463 @INST-464 @extended
  Scenario Outline: Markup is taken out of a new name
    Given an instance of <connector>
    When the caller patches "/instances/$id"
      """
      {"name": "<name>"}
      """
    Then the instance is named "renamed"
    When the caller patches "/instances" by the instance's token
      """
      {"name": "<name> again"}
      """
    Then the instance is named "renamed again"

    Examples:
      | connector   | name                      |
      | bigcommerce | <a href='#'>renamed</a>   |
