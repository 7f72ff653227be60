import { anyOf, lookalikes, type Statement } from '../statement.ts';

export const unionMembership: Statement = {
  category: 'union-membership',
  except: lookalikes(
    "\\b(?:credit|western|european|student|students['’]?|soviet|african|civil|monetary|customs|bank of the|mission|rugby|latin) union\\b",
    '\\bunion (?:square|street|st\\b|station|avenue|ave\\b|road|city|jack|pacific|county|bank|hall|hill|place|pay|budget|flag|gap|theat\\w+|league|coop|market|plaza|building)',
    '\\bunionpay\\b',
  ),
  says: [
    anyOf(
      "(?:trade |labou?r |teachers?[’']? |nurses?[’']? |workers?[’']? |my |our |his |her |their |local )unions?",
      '(?:the|a) unions?(?! (?:of|between|fitting|nut|joint))',
      'union (?:members?(?:hip)?|reps?|representatives?|stewards?|dues|cards?|organi[sz]ers?|meetings?|leaders?|contract|fees|officials?|branch|local|delegates?|lawyer|negotiator|job)',
      'trade unionists?|shop steward|unioni[sz](?:ed|e|ing|ation)|collective bargaining',
      '(?:join(?:ed|s|ing)?|member of|belongs? to|pays? dues to|organi[sz]\\w+ (?:for|with)|rep(?:resentative)? (?:for|of|at)|steward (?:for|of|at)|strik(?:e|ing) with|left|with) (?:the )?(?:teamsters|uaw|afl-cio|seiu|unison|unite(?: the union)?|gmb|usdaw|rmt|aslef|ver\\.?di|ig metall|cgt|cfdt|cgil|ugt|ccoo|ibew|afscme|cwa|nea|nut|nasuwt|steelworkers|longshore\\w+)',
      '(?:on|going on|went on|joined|joining) (?:a |the )?(?:strike|picket line)',
      'picket(?:ing|ed)?',
      '(?:organi[sz]\\w+) (?:my|our|the) (?:coworkers|colleagues|workers|workplace)',
      'collective agreement',
      'works council',
      'walked out with (?:my|our|the) (?:colleagues|coworkers)',
    ),
  ],
};
