Feature: Resources are reached with or without a hub in the path

  @id:bare-object @INST-520 @core
  Scenario Outline: The bare name of an object reaches <connector>
    Given an instance of <connector>
    When the caller uses the instance without naming a hub
    Then the answer is 200
    And the provider served the resource

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:any-hub @INST-521 @extended
  Scenario Outline: Whatever hub is named, <connector> gives the same resource
    Given an instance of <connector>
    When the caller uses the instance
    Then the answer is 200
    When the caller uses the instance under the hub "nonsense"
    Then the answer is 200
    And the body is the same as before
    When the caller uses the instance under the hub "marketing"
    Then the answer is 200
    And the body is the same as before
    When the caller uses the instance without naming a hub
    Then the answer is 200
    And the body is the same as before

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:names-its-instance @INST-029 @extended
  Scenario Outline: The answer of <connector> says which instance it came through
    Given an instance of <connector>
    When the caller uses the instance
    Then the header "elements-element-instance-id" is the instance's id

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:names-its-request @INST-030 @extended
  Scenario Outline: The answer of <connector> has an id of its own
    Given an instance of <connector>
    When the caller uses the instance
    Then the header "elements-request-id" is not empty

    Examples:
      | connector   |
      | bigcommerce |
      | box         |
