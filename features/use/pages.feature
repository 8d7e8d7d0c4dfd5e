Feature: A long list comes in pages, and a short one shorter

  @id:one-to-a-page @INST-191 @INST-193 @extended
  Scenario Outline: A page of one of the instances of <connector> leads to the next page
    Given an instance of <connector>
    And an instance of a second user with a tag of its own
    When the caller patches "/instances/$id"
      """
      {"tags": ["$tag"]}
      """
    And the caller gets "/instances?tags[]=$tag&pageSize=1"
    Then the answer is 200
    And the answer is an array of 1
    And the header "elements-returned-count" is "1"
    And the header "elements-next-page-token" is not empty

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:every-page-once @INST-192 @extended
  Scenario Outline: Whoever turns the pages meets each instance of <connector> once
    Given an instance of <connector>
    And an instance of a second user with a tag of its own
    When the caller patches "/instances/$id"
      """
      {"tags": ["$tag"]}
      """
    And the caller lists "/instances?tags[]=$tag&pageSize=1"
    Then 2 instances are listed, each once
    And the list contains the first instance
    And the list contains the second instance

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:brief-list @INST-194 @extended
  Scenario Outline: A brief list of instances of <connector> still names them
    Given an instance of <connector>
    And an instance of a second user with a tag of its own
    When the caller lists "/instances?tags[]=$tag&hydrate=false"
    Then the list contains the second instance
    And every instance listed has an id, a token and a connector

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:listed-as-read @INST-195 @extended
  Scenario Outline: An instance of <connector> is described in a list as on its own
    Given an instance of <connector>
    And an instance of a second user with a tag of its own
    When the caller lists "/instances?tags[]=$tag"
    Then every instance listed has an id, a token and a connector
    And every instance listed is described in full

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:count @INST-196 @extended
  Scenario Outline: The instances are counted, that of <connector> among them
    Given an instance of <connector>
    When the caller gets "/instances/count"
    Then the answer is 200
    And the answer has these members
      | member           | value    |
      | totalInstances   | a number |
      | elementInstances | an array |

    Examples:
      | connector   |
      | bigcommerce |

  @id:search-by-name @INST-184 @extended
  Scenario Outline: A text finds the instance of <connector> whose name contains it
    Given an instance of <connector>
    And an instance of a second user
    When the caller lists "/instances?searchText=$name"
    Then the list contains the first instance
    And the list does not contain the second instance

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:list-at-number @INST-190 @extended
  Scenario Outline: The list at the number of <connector> holds the instance
    Given an instance of <connector>
    When the caller lists the instances at the number of <connector>
    Then the list contains the instance
    And every instance listed belongs to <connector>

    Examples:
      | connector   |
      | bigcommerce |
      | box         |
