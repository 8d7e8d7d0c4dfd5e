Feature: An instance is described in full
  The members every client may rely on, with the values of an instance that was just created.

  @id:new-instance-plain @INST-112 @INST-113 @INST-114 @INST-115 @INST-116 @INST-117 @INST-118 @INST-119 @INST-120 @core
  Scenario Outline: A new instance of <connector> is valid, enabled and plain
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the answer has these members
      | member                 | value                |
      | createdDate            | YYYY-MM-DDTHH:MM:SSZ |
      | valid                  | true                 |
      | disabled               | false                |
      | externalAuthentication | "none"               |
      | eventsEnabled          | false                |
      | traceLoggingEnabled    | false                |
      | cachingEnabled         | false                |
      | maxCacheSize           | 0                    |
      | cacheTimeToLive        | 0                    |
      | provisionInteractions  | []                   |
      | configuration          | an object            |
      | user.id                | a number             |

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:element-described @INST-122 @INST-123 @core
  Scenario Outline: An instance of <connector> describes its connector
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the instance belongs to <connector>
    And the answer has these members
      | member                         | value     |
      | elementId                      | a number  |
      | element.id                     | a number  |
      | element.name                   | a string  |
      | element.key                    | a string  |
      | element.description            | a string  |
      | element.image                  | a string  |
      | element.active                 | a boolean |
      | element.deleted                | a boolean |
      | element.typeOauth              | a boolean |
      | element.trialAccount           | a boolean |
      | element.resources              | an array  |
      | element.transformationsEnabled | a boolean |
      | element.bulkDownloadEnabled    | a boolean |
      | element.bulkUploadEnabled      | a boolean |
      | element.cloneable              | a boolean |
      | element.extendable             | a boolean |
      | element.beta                   | a boolean |
      | element.authentication         | an object |
      | element.authentication.type    | a string  |
      | element.extended               | a boolean |
      | element.hub                    | a string  |
      | element.protocolType           | a string  |
      | element.parameters             | an array  |

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:element-oauth2-documents @INST-124 @core
  Scenario Outline: <connector> authenticates with OAuth 2.0 and serves documents
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the answer has these members
      | member                      | value       |
      | element.authentication.type | "oauth2"    |
      | element.hub                 | "documents" |
      | element.protocolType        | "http"      |

    Examples:
      | connector |
      | egnyte    |

  @id:element-basic-ecommerce @INST-125 @extended
  Scenario Outline: <connector> authenticates with a password and serves commerce
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the answer has these members
      | member                      | value       |
      | element.authentication.type | "basic"     |
      | element.hub                 | "ecommerce" |

    Examples:
      | connector   |
      | bigcommerce |

  @id:owner-and-configuration @INST-121 @INST-141 @INST-142 @extended
  Scenario Outline: An instance of <connector> names its owner and keeps the code to itself
    Given a user of <connector> who has granted access
    When the caller creates an instance
    Then the answer has these members
      | member            | value    |
      | user.emailAddress | a string |
      | user.firstName    | a string |
      | user.lastName     | a string |
      | providerData      | absent   |
    And the configuration is not empty and holds only strings and nulls

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |
