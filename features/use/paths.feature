Feature: An instance is found under its own id and its connector's

  @id:read-at-connector @INST-151 @INST-156 @extended
  Scenario Outline: An instance of <connector> is the same under its connector's key
    Given an instance of <connector>
    When the caller gets "/instances/$id"
    And the caller gets "/instances/$id"
    Then the answer is 200
    And the body is the same as before
    When the caller gets "/elements/$key/instances/$id"
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

  @id:not-under-another-connector @INST-157 @extended
  Scenario Outline: An instance of <connector> is not found under another connector
    Given an instance of <connector>
    When the caller gets "/elements/<other>/instances/$id"
    Then the answer is 404
    And it is an error of the service

    Examples:
      | connector   | other       |
      | bigcommerce | box         |
      | box         | bigcommerce |

  @id:list-of-connector @INST-188 @INST-189 @extended
  Scenario Outline: The list of <connector> holds the instance, and none of another connector
    Given an instance of <connector>
    When the caller lists "/elements/$key/instances"
    Then the list contains the instance
    And every instance listed belongs to <connector>
    And every instance listed has a creation date

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:list-of-all @INST-183 @extended
  Scenario Outline: The list of all instances holds those of <connector>
    Given an instance of <connector>
    And an instance of a second user
    When the caller lists all instances
    Then the list contains the first instance
    And the list contains the second instance

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:tag-and-text @INST-185 @extended
  Scenario Outline: A tag and a text must both fit
    Given an instance of <connector>
    And an instance of a second user with a tag of its own
    When the caller lists "/instances?tags[]=$tag&searchText=no-name-has-this"
    Then the list does not contain the second instance
    When the caller lists "/instances?tags[]=$tag&searchText=Rehearsal"
    Then the list contains the second instance

    Examples:
      | connector   |
      | bigcommerce |

  @id:ping @INST-523 @INST-524 @extended
  Scenario Outline: An instance of <connector> answers a ping
    Given an instance of <connector>
    When the caller gets "/ping" by the instance's token
    Then the answer is 200
    And the answer has these members
      | member   | value         |
      | endpoint | "<connector>" |
      | dateTime | a string      |
    When the caller gets "/hubs/$hub/ping" by the instance's token
    Then the answer is 200

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:unknown-object @INST-528 @extended
  Scenario Outline: An object <connector> does not have is not found
    Given an instance of <connector>
    When the caller gets "/no-such-object" by the instance's token
    Then the answer is 404
    And it is an error of the service

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:read-at-number @INST-152 @extended
  Scenario Outline: An instance of <connector> is the same under its connector's number
    Given an instance of <connector>
    When the caller looks <connector> up by its number at "/instances/$id"
    Then the answer is 200
    And the answer shows the same id and token

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:accounts-of-the-instance @INST-526 @extended
  Scenario Outline: The accounts of <connector> are those of the instance
    Given an instance of <connector>
    When the caller gets "/accounts" by the instance's token
    Then the answer is 200
    And the provider served the resource

    Examples:
      | connector |
      | sfdc      |
