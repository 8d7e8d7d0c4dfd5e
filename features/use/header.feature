Feature: The Authorization header names the user, the organization and the instance

  @id:all-parts-read @INST-004 @core
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

  @id:all-parts-reach @INST-006 @core
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

  @id:element-part-needed @INST-017 @core
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

  @id:missing-element-is-401 @INST-034 @INST-024 @extended
  Scenario Outline: A call to <connector> without the Element part is answered 401
    Given an instance of <connector>
    When the caller uses the instance without naming it
    Then the answer is 401
    And it is an error of the service

    Examples:
      | connector   |
      | bigcommerce |
      | box         |

  @id:organization-optional @INST-007 @extended
  Scenario Outline: The Organization part may be left out of a call to <connector>
    Given an instance of <connector>
    When the caller uses the instance without the Organization part
    Then the answer is 200
    And the provider served the resource

    Examples:
      | connector   |
      | bigcommerce |
      | egnyte      |

  @id:create-header-refused @INST-008 @INST-011 @INST-012 @INST-013 @INST-014 @INST-015 @extended
  Scenario Outline: A create with <case> is refused
    When the caller posts to "/instances" with the header "<header>"
      """
      {"element": {"key": "box"}, "name": "Rehearsal", "configuration": {}}
      """
    Then the answer is 401
    And it is an error of the service

    Examples:
      | case                       | header                           |
      | no header                  |                                  |
      | the User part alone        | User $user                       |
      | the Organization part alone | Organization $organization      |
      | Basic credentials          | Basic cmVoZWFyc2FsOnJlaGVhcnNhbA== |
      | a bearer token             | Bearer $user                     |
      | an empty User part         | User , Organization $organization |

  @id:unknown-secret-refused @INST-009 @INST-010 @extended
  Scenario Outline: A create with <case> is answered 401
    When the caller posts to "/instances" with the header "<header>"
      """
      {"element": {"key": "box"}, "name": "Rehearsal", "configuration": {}}
      """
    Then the answer is 401
    And it is an error of the service

    Examples:
      | case                           | header                                |
      | an unknown User secret         | User nobody, Organization $organization |
      | an unknown Organization secret | User $user, Organization nobody       |

  @id:header-spelling @INST-019 @INST-020 @INST-021 @extended
  Scenario Outline: A header with <case> is understood
    Given an instance of <connector>
    When the caller reads the instance with the header "<header>"
    Then the answer is 200

    Examples:
      | connector | case                   | header                                                      |
      | box       | its parts in any order | Element $element, Organization $organization, User $user    |
      | box       | no blank after a comma | User $user,Organization $organization,Element $element      |
      | box       | several blanks         | User $user,   Organization $organization,  Element $element |
      | box       | schemes in lower case  | user $user, organization $organization, element $element    |

  @id:unknown-element-token @INST-016 @extended
  Scenario: An Element token nobody issued opens nothing
    When the caller gets "/objects" with the header "User $user, Organization $organization, Element nobody"
    Then the answer is 401
    And it is an error of the service

  @id:exposed-headers @INST-032 @extended
  Scenario: A browser may read the headers of the service
    When the caller gets "/elements/keys" with "origin: https://app.example.com"
    Then the header "access-control-expose-headers" names "Elements-Returned-Count, Elements-Total-Count, Elements-Request-Id, Elements-Next-Page-Token, Elements-Trace-Id, Elements-Error, Content-Disposition"

  @id:refused-in-these-words @INST-023 @extended
  Scenario: A secret nobody has is refused in these words
    When the caller gets "/instances" with the header "User nobody, Organization $organization"
    Then the message is "Invalid Organization or User secret, or invalid Element token provided."
