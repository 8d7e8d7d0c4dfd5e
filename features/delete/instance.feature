Feature: A deleted instance is gone, and its token with it

  @id:deleted-not-read @INST-310 @core
  Scenario Outline: The deleted instance of <connector> cannot be read by its id
    Given an instance of <connector>
    When the caller deletes the instance
    And the caller reads the instance by its id
    Then the call is refused

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:deleted-token-dead @INST-311 @core
  Scenario Outline: The token of the deleted instance of <connector> opens nothing
    Given an instance of <connector>
    When the caller deletes the instance
    And the caller uses the instance
    Then the call is refused
    And the provider heard nothing

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:deleted-not-listed @INST-315 @core
  Scenario Outline: The deleted instance of <connector> is no longer listed
    Given an instance of <connector>
    And an instance of a second user
    When the caller deletes the first instance
    And the caller lists all instances
    Then the list does not contain the first instance
    And the list contains the second instance

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:delete-confirmed @INST-312 @INST-313 @INST-314 @extended
  Scenario Outline: The deletion of the instance of <connector> is confirmed without a body
    Given an instance of <connector>
    When the caller deletes the instance
    Then the answer is 200
    And the body is empty
    When the caller reads the instance by its id
    Then the answer is 404
    And it is an error of the service
    When the caller uses the instance
    Then the answer is 401
    And it is an error of the service

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:delete-twice @INST-316 @extended
  Scenario Outline: What is gone cannot be deleted again
    Given an instance of <connector>
    When the caller deletes the instance
    Then the answer is 200
    When the caller deletes the instance
    Then the answer is 404

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:delete-leaves-others @INST-321 @extended
  Scenario Outline: The deletion of one instance of <connector> leaves the other alone
    Given an instance of <connector>
    And an instance of a second user
    When the caller deletes the first instance
    Then the second instance is as it was
    When the caller uses the second instance
    Then the answer is 200

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:delete-revoked @INST-325 @extended
  Scenario Outline: A revoked instance of <connector> can be deleted
    Given a revoked instance of <connector>
    When the caller deletes the instance
    Then the answer is 200

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:delete-unknown-id @INST-317 @extended
  Scenario: An id nobody was given cannot be deleted
    When the caller deletes "/instances/999999999999"
    Then the answer is 404
    And it is an error of the service

  @id:made-anew @INST-324 @extended
  Scenario Outline: An instance of <connector> made after a deletion is another one
    Given an instance of <connector>
    When the caller deletes the first instance
    Given an instance of a second user
    Then the two instances differ in id and token

    Examples:
      | connector   |
      | bigcommerce |
      | box         |
