Feature: The Authorization header names the user, the organization and the instance

  @INST-004 @core
  Scenario Outline: All three parts read the instance of <connector>
    Given an instance of <connector>
    When the caller reads the instance by its token
    Then the answer is 200

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @INST-006 @core
  Scenario Outline: All three parts reach a resource of <connector>
    Given an instance of <connector>
    When the caller uses the instance
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

  @INST-017 @core
  Scenario Outline: Without the Element part no resource of <connector> is served
    Given an instance of <connector>
    When the caller uses the instance without naming it
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

  @INST-034 @INST-024 @extended
  Scenario Outline: A call to <connector> without the Element part is answered 401
    Given an instance of <connector>
    When the caller uses the instance without naming it
    Then the answer is 401
    And it is an error of the service

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @INST-007 @extended
  Scenario Outline: The Organization part may be left out of a call to <connector>
    Given an instance of <connector>
    When the caller uses the instance without the Organization part
    Then the answer is 200
    And the provider served the resource

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @INST-008 @INST-011 @INST-012 @INST-013 @INST-014 @INST-015 @extended
  Scenario Outline: A create with <parts> is refused
    When the caller posts to "/instances" with the header "<header>"
      """
      {"element": {"key": "box"}, "name": "Rehearsal", "configuration": {}}
      """
    Then the answer is 401
    And it is an error of the service

    Examples:
      | parts                      | header                           |
      | no header                  |                                  |
      | the User part alone        | User $user                       |
      | the Organization part alone | Organization $organization      |
      | Basic credentials          | Basic cmVoZWFyc2FsOnJlaGVhcnNhbA== |
      | a bearer token             | Bearer $user                     |
      | an empty User part         | User , Organization $organization |

  @INST-009 @INST-010 @INST-023 @extended
  Scenario Outline: A create with <parts> is refused in these words
    When the caller posts to "/instances" with the header "<header>"
      """
      {"element": {"key": "box"}, "name": "Rehearsal", "configuration": {}}
      """
    Then the answer is 401
    And the message is "Invalid Organization or User secret, or invalid Element token provided."

    Examples:
      | parts                          | header                                |
      | an unknown User secret         | User nobody, Organization $organization |
      | an unknown Organization secret | User $user, Organization nobody       |

  @INST-019 @INST-020 @INST-021 @extended
  Scenario Outline: A header with <spelling> is understood
    Given an instance of <connector>
    When the caller reads the instance with the header "<header>"
    Then the answer is 200

    Examples:
      | connector | spelling               | header                                                      |
      | box       | its parts in any order | Element $element, Organization $organization, User $user    |
      | box       | no blank after a comma | User $user,Organization $organization,Element $element      |
      | box       | several blanks         | User $user,   Organization $organization,  Element $element |
      | box       | schemes in lower case  | user $user, organization $organization, element $element    |

  @INST-016 @extended
  Scenario: An Element token nobody issued opens nothing
    When the caller gets "/objects" with the header "User $user, Organization $organization, Element nobody"
    Then the answer is 401
    And it is an error of the service
