import { anyOf, isA, type Statement } from './statement.ts';

const faiths =
  "(?:(?:roman )?catholics?|protestants?|christians?|muslims?|moslems?|islamic|sunni|shia|shi['’]?ite|jew(?:ish|s)?|hindus?|buddhists?|sikhs?|jains?|mormons?|lds|lutherans?|baptists?|methodists?|anglicans?|presbyterians?|pentecostals?|evangelicals?|adventists?|quakers?|orthodox(?= (?:christian|jew|jewish|believer)|[.,;!?]|$| and| so)|jehovah['’]?s witness(?:es)?|atheists?|agnostics?|pagans?|wiccans?|scientologists?|bah[aá]['’]?[ií]s?|zoroastrians?|rastafarians?|taoists?|born[- ]again|humanists?|satanists?|druids?|hasidic|amish|mennonites?|religious|non-?religious|a nun|a monk|a priest|a rabbi|an imam|a believer|a person of faith)";
const worship =
  '(?:church(?:es)?|mosques?|synagogues?|temples?|gurdwaras?|parish|congregation|shul|masjid|rabbi|imam|pastor|priest|vicar|bible study|prayer group|baptism|confirmation class|bar mitzvah|bat mitzvah)';
const parties =
  '(?:democrats?|republicans?|conservatives?|tor(?:y|ies)|labou?r|lib(?:eral)? dem(?:ocrat)?s?|liberals?|greens?|socialists?|social democrats?|communists?|libertarians?|marxists?|anarchists?|leftists?|far-right|maga|gop|snp|afd|cdu|spd|psoe|vox|reform uk|ukip|bjp|likud|fidesz|syriza|podemos|christian democrats?)';

/** What nothing but a party is called. */
const partyNames =
  '(?:democrats|republicans|conservatives|tories|labou?r|lib(?:eral)? dem(?:ocrat)?s|greens|socialists|social democrats|communists|libertarians|gop|snp|afd|cdu|spd|psoe|reform uk|ukip|bjp)';

export const beliefStatements: readonly Statement[] = [
  {
    category: 'religion',
    except:
      /\b(?:orthodox|church|cathedral|temple|mosque|abbey|chapel|trinity|christian|st\.?|pope|bishop|priory|parish|synagogue|cross) (?:street|st\b|road|rd\b|avenue|ave\b|lane|square|hill|drive|way|close|court|row|gate|green|university|bar|parking)|\bchristian (?:louboutin|dior|lacroix|bale|science monitor|name)|\b(?:my name is|i['’]m|i am|called|name['’]s) christian\b(?! (?:and|who|so|believ))|\b(?:good|bad) faith\b|\b(?:daughter|wife|sister|mother|mum|mom|friend|aunt|colleague|name(?: is|['’]s)?|called) faith\b|\bleap of faith\b|\bfaith in (?:you|your|the company|this)|\bpray(?:ing)? (?:it|that|you|the|this|for (?:good|better|a quick|dry))\b|\breligiously\b|\bunorthodox\b|\bjew(?:el|ell)\w*|\b(?:temple|church) (?:run|key|candles?|bells?)\b|\b(?:near|opposite|behind|next to|beside|across from) (?:the|a|our|my) (?:\w+ )?(?:church|mosque|synagogue|temple)\b/gi,
    says: [
      new RegExp(`\\b${isA} ${faiths}\\b`, 'i'),
      new RegExp(
        `\\b(?:converted|convert|converting|conversion) to (?:${faiths}|islam|judaism|christianity|catholicism|buddhism|hinduism|sikhism)\\b`,
        'i',
      ),
      new RegExp(
        `\\b(?:my|our|his|her|their|the family|customer['’]s) (?:\\w+ )?${worship}\\b(?! (?:street|road))`,
        'i',
      ),
      anyOf(
        'islam|judaism|catholicism|protestantism|hinduism|buddhism|sikhism|mormonism',
        `(?:my|our|his|her|their|customer['’]s) (?:\\w+ )?(?:faith|religions?|religious (?:beliefs?|reasons?|views|community|practice)|prayers|beliefs)`,
        '(?:religious|faith) (?:reasons|grounds|beliefs?|obligations?|observance|holiday)',
        '(?:go|goes|going|went|attend|attends|attending|attended) (?:to )?(?:church|mass|mosque|the mosque|synagogue|temple|friday prayers|services|bible study|sunday school)',
        '(?:observe|observes|observing|keep|keeps|keeping|celebrat\\w+) (?:ramadan|shabbat|the sabbath|sabbath|shabbos|lent|yom kippur|passover|hanukkah|eid|diwali|kosher|halal|a kosher home|vaisakhi|rosh hashanah)',
        '(?:during|for|until|after) (?:ramadan|shabbat|the sabbath|lent|yom kippur|eid)',
        '(?:friday|evening|morning|daily|my|our|his|her|their) prayers|prayer (?:times?|meeting|room|mat|group|beads)',
        '(?:at|to|from|in) (?:the |our |my |a |their )?(?:mosque|synagogue|gurdwara|shul|mass|sunday service|sunday school|prayers|confession|bible class|quran class|hajj|umrah)',
        '(?:baptis(?:ed|m)|confirmed in the church|first communion|bar mitzvah|bat mitzvah|hajj|umrah|pilgrimage to mecca|the quran|the torah|sunday school|church (?:group|choir|community|member|service|council|treasurer))',
        '(?:only )?(?:eat|eats|eating|need|needs|want|wants|require|requires|buy|buys) (?:only )?(?:halal|kosher)|for religious|god willing|inshallah|thank (?:god|the lord) for|my god\\b(?! )|the lord (?:jesus|has)',
        'fast(?:s|ed|ing)? (?:for|during|in|because)',
        "pray(?:s|ed|ing)? (?:five|daily|every|at|in|to|together|with)|(?:don[’']t|doesn[’']t|not) believe in god|believes? in (?:god|allah|jesus|christ)|accepted jesus|wears? (?:a |the )?(?:hijab|niqab|turban|kippah|yarmulke|burqa)",
        `(?:raised|brought up|born|grew up|married) (?:as )?(?:a |an )?(?:strict |devout )?${faiths}`,
        `(?:practi[cs]ing|devout|observant|lapsed) ${faiths}`,
        `(?:member|elder|deacon|minister|leader|pastor) (?:of|at|in) (?:the|a|my|our) (?:\\w+ ){0,3}${worship}`,
      ),
    ],
  },
  {
    category: 'politics',
    except:
      /\b(?:conservative|liberal) (?:estimate|guess|side|amount|return|policy|use|dose|arts|figure)\w*|\b(?:third|search|birthday|dinner|wedding|hen|stag|garden|launch|halloween|green|office|christmas|pool|tea|costume)[- ]party\b|\bparty (?:of|for|bag|dress|supplies|size|balloons?|decorations?)\b|\bvot(?:e|ed|ing) (?:for|on) (?:\w+ ){0,3}(?:employee|best|favou?rite|design|product|colou?r|award|name|flavou?r|driver|player|contestant|song|picture|agent|store)\w*|\b(?:left|right)[- ]wing (?:mirror|of the|side|back|player|panel|seat|flap)\w*|\blabou?r (?:day|costs?|charges?|fees?|hours?)\b|\brally (?:car|driver|bike)\b/gi,
    says: [
      new RegExp(
        `\\b${isA} ${parties}(?! (?:street|road|with|with your|about|and black|in colou?r|tea|light|zone))\\b`,
        'i',
      ),
      new RegExp(`\\bmembers? of (?:the|a) (?:\\w+ )?(?:${parties}(?: party)?|(?:political )?party)\\b`, 'i'),
      new RegExp(
        `\\b(?:support|supports|supported|supporting|joined|join|back|backs|left|belong to|belongs to|campaign(?:s|ed|ing)? for|volunteer(?:s|ed|ing)? (?:for|with)|canvass(?:es|ed|ing)? for|donat(?:e|es|ed|ing) (?:\\$?\\d+ )?to|work(?:s|ed)? for|activist (?:for|in)|leaflet\\w* for) (?:the )?(?:\\w+ )?(?:${parties}|political) ?(?:party|campaign|movement|candidates?)\\b`,
        'i',
      ),
      new RegExp(
        `\\b(?:support|supports|supported|joined|back|backs|campaign(?:s|ed|ing)? for|volunteer(?:s|ed|ing)? (?:for|with)|canvass(?:es|ed|ing)? for|donat(?:e|es|ed|ing) to|leafleted for) (?:the )?${partyNames}\\b`,
        'i',
      ),
      anyOf(
        'vot(?:e|es|ed|ing) (?:for|against|remain|leave|labou?r|tory|green|democrat|republican|conservative|liberal|brexit|yes on|no on)',
        `(?:my|our|his|her|their|customer['’]s) (?:political|politics)(?: \\w+)?|political (?:views?|beliefs?|opinions?|leanings?|affiliation|activism|party membership)`,
        '(?:political|climate|peace|party|feminist|abortion rights|gun rights|civil rights|animal rights|anti-war) activis(?:t|m)|party member(?:ship)?|(?:elected|local|city|county) councillor (?:for|of)|(?:my|his|her|their) (?:vote|ballot)\\b|(?:voting|voted|vote) (?:labour|tory|green|red|blue|left|right|straight|by mail for)|election campaign|canvass(?:ing|ed|es)?|signed (?:a|the) petition (?:for|against)|(?:support|supports|supporting|believe|believes) (?:in )?(?:\\w+ )?(?:independence|gun rights|gun control|abortion rights|palestine|israel|ukraine|open borders|the death penalty|universal healthcare|socialism|communism|capitalism|anarchism|monarchy|the revolution)',
        '(?:left|right)[- ]wing(?:er)?|far[- ](?:left|right)|politically (?:active|conservative|liberal|left|right)',
        '(?:trump|biden|obama|clinton|harris|farage|corbyn|starmer|sunak|macron|le pen|modi|bolsonaro|lula|erdo[gğ]an|orb[aá]n|putin|sanders|desantis|merkel) (?:supporter|voter|fan|rally|campaign)',
        '(?:support|supports|supported|campaign\\w* for|back|backs|hate|hates|love|loves|despise|despises) (?:donald )?(?:trump|biden|obama|clinton|kamala harris|farage|corbyn|starmer|macron|le pen|modi|bolsonaro|lula|erdo[gğ]an|orb[aá]n|putin|bernie sanders|brexit)',
        '(?:pro|anti)-?(?:choice|life|abortion|brexit|immigration|war|gun|government|trump|eu|monarchy)',
        '(?:march(?:ed|es|ing)?|protest(?:ed|s|ing)?|demonstrat(?:ed|es|ing)|rall(?:y|ied)) (?:for|against) (?!(?:the )?(?:charge|fee|bill|price|decision|refund))',
        '(?:went to|attended|attend|attends|at|joined|organi[sz]\\w+|was at) (?:a|the|an) (?:\\w+ ){0,3}(?:protest|political rally|demonstration|protest march)',
        '(?:running|ran|stood|standing|candidate) for (?:city council|mayor|parliament|congress|senate|office|election|the \\w+ party)',
        `(?:registered|lifelong|staunch|card-carrying|die-hard) ${parties}`,
      ),
    ],
  },
  {
    category: 'union-membership',
    except:
      /\b(?:credit|western|european|student|students['’]?|soviet|african|civil|monetary|customs|bank of the|mission|rugby|latin) union\b|\bunion (?:square|street|st\b|station|avenue|ave\b|road|city|jack|pacific|county|bank|hall|hill|place|pay|budget|flag|gap|theat\w+|league|coop|market|plaza|building)|\bunionpay\b/gi,
    says: [
      anyOf(
        "(?:trade |labou?r |teachers?[’']? |nurses?[’']? |workers?[’']? |my |our |his |her |their |the |a |local )unions?",
        'union (?:members?(?:hip)?|reps?|representatives?|stewards?|dues|cards?|organi[sz]ers?|meetings?|leaders?|contract|fees|officials?|branch|local|delegates?|lawyer|negotiator|job)',
        'trade unionists?|shop steward|unioni[sz](?:ed|e|ing|ation)|collective bargaining',
        '(?:join(?:ed|s|ing)?|member of|belongs? to|pays? dues to|organi[sz]\\w+ (?:for|with)|rep(?:resentative)? (?:for|of|at)|steward (?:for|of|at)|strik(?:e|ing) with|left|with) (?:the )?(?:teamsters|uaw|afl-cio|seiu|unison|unite(?: the union)?|gmb|usdaw|rmt|aslef|ver\\.?di|ig metall|cgt|cfdt|cgil|ugt|ccoo|ibew|afscme|cwa|nea|nut|nasuwt|steelworkers|longshore\\w+)',
        '(?:on|going on|went on|joined|joining) (?:a |the )?(?:strike|picket line)|picket(?:ing|ed)?|(?:organi[sz]\\w+) (?:my|our|the) (?:coworkers|colleagues|workers|workplace)|collective agreement|works council|walked out with (?:my|our|the) (?:colleagues|coworkers)',
      ),
    ],
  },
];
