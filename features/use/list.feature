Feature: Instances are found by their tags

  @id:tag-filter @INST-182 @core
  Scenario Outline: A tag finds the instance of <connector> that carries it, and no other
    Given an instance of <connector>
    And an instance of a second user with a tag of its own
    When the caller lists the instances with that tag
    Then the answer is 200
    And every instance listed carries that tag
    And the list contains the second instance
    And the list does not contain the first instance

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:tag-nobody-carries @INST-186 @extended
  Scenario: A tag nobody carries finds nothing
    When the caller gets "/instances?tags[]=a-tag-that-no-instance-carries"
    Then the answer is 404
    And it is an error of the service
