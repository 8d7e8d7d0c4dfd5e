Feature: No answer gives a secret away

  @id:nothing-given-away @INST-471 @extended
  Scenario Outline: Neither success nor failure of <connector> repeats a code, a password or a secret
    Given an instance of <connector>
    When the caller reads the instance by its token
    And the caller lists all instances
    And the caller reads the instance by its id
    And the caller gets "/objects" by the instance's token
    And the caller gets "/no-such-object" by the instance's token
    And the caller gets "/instances/999999999999"
    And the caller renames the instance to "Renamed"
    And the caller gets "/instances/$id/configuration"
    And the instance's tokens are revoked at the provider
    And the caller uses the instance
    And the caller creates an instance with a code nobody issued
    And the caller creates another instance with the same code
    And the caller puts the instance back
    Then no answer so far gave a secret away

    Examples:
      | connector   |
      | adobe-esign |
      | bigcommerce |
      | box         |
      | egnyte      |
      | quickbooks  |
      | sfdc        |

  @id:subdomain-stays @INST-473 @extended
  Scenario Outline: A subdomain with <case> does not lead away from <connector>
    When the caller gets "/elements/<connector>/oauth/url?apiKey=k&apiSecret=s&callbackUrl=https://app.example.com/callback&subdomain=<subdomain>"
    Then the URL stays with <connector>, or there is none

    Examples:
      | connector | case            | subdomain       |
      | egnyte    | a path          | evil.example/   |
      | egnyte    | a query         | evil.example%3F |
      | egnyte    | a fragment      | evil.example%23 |
      | egnyte    | a user          | x@evil.example  |
      | egnyte    | a port          | evil.example:80 |
      | egnyte    | leading slashes | //evil.example  |
