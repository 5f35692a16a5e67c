#include "channels/mail_spelling.h"

/* Counted in texts of each language; Romanian with cedillas, as its charsets of one byte have them.
 */
/* clang-format off */
const struct mail_spelling mail_spellings[] = {
    { /* German */
      u"äöüßé",
      u" äl än öf übeßeeäneöffügfühfülfürgängülhädhälhänhöhhörkönkürlänlärläsläulöclöslüsmäß"
      u"möcmögmüsnäcnärnötnü nüpoß räfrägränrärrätrößrücrüfrünsättäntättümtütußewähwärwörwün"
      u"würzähäßiöße",
      60 },
    { /* French */
      u"àâæçéèêëîïôœùûüÿ",
      u" à  éc éd él ét év êtaîncèscé cédcôndèldé débdécdéfdéjdéldémdépdérdésdétférgé géngér"
      u"hèqhérhôtièrié iéeiésiétjà lèmlètlé léeléglémlésmètmé médméemémmérmétmêmné nécnéenég"
      u"nérnésnêtpécpérpôtrèsrètré réarécréeréfrégrémréprésrétrévréérêtrôlsé sécséesélsépséq"
      u"séstâctèmtèrté téetégtértéstêtué uéeuêtvé véevérxéczér",
      102 },
    { /* Spanish */
      u"áéíñóúüªº",
      u" ár ín ít ór úl únañaañoaúnbólbúfbúscíacífcíocó códdígeñaeñofíagúnhé iénió iónlíclím"
      u"línló lúsmáqmásmátmáxmérmétmínmódmúlmúnnámnú númpágpíxpúbrá rácrámránríaró rónsímsól"
      u"tá tántértó tónué uésuí válvésvíayúszá zó ",
      70 },
    { /* Portuguese */
      u"àáâãçéêíóôõúüªº",
      u" º  à  ár é  íc ín úl únaçoaçãaçõaídbémbólcçãcélcê códcópdêndígeçaeçoeçãeúdhá hã iáv"
      u"içãiçõjá lê máqmáxmã mérmétmínmórmúlnárnâmnãonçançãnícnívnúmpágpçãpçõpóspôdpúbrá rác"
      u"rárrâmrãoré rênrótrõesársãosímsívsó sõetá tártávtãotémtêmtóruáruçãuçõuênuídválvésvír"
      u"çã çãoçõe",
      87 },
    { /* Italian */
      u"àèéìòù",
      u" è dà dì fà hè hé ià iè iò iù là lì mé né nù oè rà résrò sè sé sì tà tàltàtuò ",
      26 },
    { /* Swedish */
      u"åäöé",
      u" än är äv åt öp övbådbördärdå fälfärfårfölfönförgängärgångårgörhämhärhålhöghövjäljär"
      u"kälkänkörläglämlänläslå lånlåslåtlösmänmålmånmåsmönnärnågpå pårrädräfräkränräträvråd"
      u"rågrånrömsäksänsätså söktältämtäntåntödtöktörvägvälvänvärvå ",
      76 },
    { /* Danish and Norwegian */
      u"æøåé",
      u" å  åb åp år æn én ød øk øn øv øybådbørdøbdødfå føjfølførgå gårgåtgængørhånhænhøghøj"
      u"hørhøvhøyjæljørjøvkærkørlå låelårlåslåtlænlærlæslérløbløsmå målmåsmænmærmønnå nårnær"
      u"nødnøgnøkpå påvpørrå rådråsræcræfrækrælrænræsrævrérrømrørrøvså sætsøgsøktårtértøjtøm"
      u"tørtøttøyvå vælvær",
      90 },
    { /* Finnish */
      u"äöåšž",
      u" äldä eä iä jä jäljänjärjäsjätkä käskäykääkö lä lählöymä mäimälmänmätmäänä näenäinäp"
      u"näypäipäopärpäärä ränsä säisälsätsäätä täetäitäjtältämtäntästättävtäytäätö tömtöntös"
      u"töövä vähvälvärvätvääyä yötää ääläämäänääräätöä öön",
      73 },
    { /* Icelandic */
      u"áðéíóúýþæö",
      u" á  áh ás át áð æt í  íl óg ók ól ós óv óþ öð úr út þ  þa þe þj þv þá þú þýað aðaaðg"
      u"aðiaðsaðubætbíðbúabúidáldæmdíldýpeð eðaeðseólfá færföngáfgæðgðagöggölhámhæghærhæðhér"
      u"húnið iðfiðiiðmiðujá jáljórjöljöpkóðkýrláglárláslæglíklínlíslóðlúslýslýtmá málmátmís"
      u"mótmöpnægnæsnúlnúmnúvpílpíprá ráaráiránrárrásrátráðræjrænræsréfrétríarð rðarðirðuróp"
      u"sæksérsíðsýntáktæktærtíltímtóktómtórtöftöluð uðkvænværvæðví vísvíðvöryðayðiyðuáðaáðu"
      u"æð æðiíðaíðuíðvóð óðaóðióðuóþeöðrþá þátþú ",
      154 },
    { /* Catalan */
      u"àçèéíïòóúü",
      u" àl èx és ín úl ún úsaç açaaçobé bòlcéscòpdèndígeçafícgüeiàlió límlínmàqmàtmàxmèdmèr"
      u"mèsmètmésmí mínmòdmòrmúlnçanú númpàgpçapíxpòspúbqüèrà ràcràmràrrçarènrèsrésrò rònró "
      u"símsòcsóntà tàntèrté tí títtó uè uïtvàlvísxò üèn",
      72 },
    { /* Dutch */
      u"áäéëèêïíóöôúü",
      u" én éébáñeéneëceëeeëieëleëneëreëveëxeïdeïmeïneïsië iëfiëliëniëriónléémánmé ná níéoën"
      u"résrïnsácséntónuïsvé vésvóóééníétóór",
      40 },
    { /* Albanian */
      u"ëç",
      u" çe çf ësbërbëscë dëmdërdësgëlgërgëzhë hëmhënhësjë jëjjënjërjëskë këmkënkëpkërkëskët"
      u"lë lënlëslëvmë mënmërmësnë nënnësoçepërpësqë rë rënrëssë sënsërsëstë tëmtëntërtëstët"
      u"tëvyçizë zës",
      60 },
    { /* Polish */
      u"óąćęłńśźż",
      u" ła łą śc śl śr źr ża że żąać ał ałaałeałkałoałuałyałąałęań ańcaścaż ażdażeażnbędbłą"
      u"błęcówcą dówdą dącdładłodłudź dżeeć eł ełneń eńseśleśneźćeż eżeeżkeżneżyeżągórgówgą "
      u"głóią iągiązić ię ięciędiękiętił iż ją jącję jśckówką kę kłalądlędmówną nąćnętołaoło"
      u"ołuołąońcoścośnośrośćożeożlożnpólpółpóźpłyróbrócródrótrówróżręcsówsą słasłosłutórtów"
      u"tą tąptę tęptłuuł ułuuż użoużywą wątwę wławłowłąyć ył yłayłąyślyśwzą zącządzątzę zęd"
      u"zęśzł złozłyóźnóżnąć ąź ęścłówłącłądłąźłędłęzść źć żącżąd",
      159 },
    { /* Czech */
      u"áéíóúýčďěňřšťůž",
      u" úl úr ča čt čá čí ře řá ší že žáač ačeačnačíařiaždbázbí býtběhcí cíccíldá dándávdí "
      u"dělečnež ežiičkiš iž jí jícká kátkávké kódký kč ků lánlávlíklíčmá málmátménmí mísmít"
      u"mělměnmětmůžná nálnámnásnávnázné néhnémní nícníhníknímný nýcnýmnčíně něnočeočíořeoři"
      u"ožaožeožkožnpínpíšpřepřipříránrátrávrázré rý rů sářsí símtémtí tě těntěztřetů uálušt"
      u"užiužívá vánvářvé véhví vícvídvý výcvýmvýrvýsvě vědvěřvšeyžazápzázzí zísář ářeíč íče"
      u"ířkíšečásčí čísčítčů řádří řídříkřílřípřítřízší šířůžežádžítžív",
      161 },
    { /* Slovak */
      u"áäčďéíĺľňóôŕšťúýž",
      u" úd úl úr ča či čí šp št ší že žiač ačaačeačiačkačnačoačíať aždbútcí dá dátdú dĺždľa"
      u"ečneľ eľaeľkeľneľoeň eťaežihívhýbhľaií ičkiš iť jú júcká káckátkávké kódký kľúládláv"
      u"lémlíklógmá mácmálmátmätmäťmôžná nájnálnámnárnásnávnázné néhní nícníknímnú nútnúťný "
      u"nýcnýmnčenčinštočaočeočnoľaoľbožeožiožkožnpíspíšpúšrá rácránrátrávrázré ríkrílríprý "
      u"rčerčusársí sú súbsť tá tátté témtí tívtý uáluž užiužívá várvé véhvú vý výcvýrvýsvše"
      u"yť yžazápzávzíczísäť ôžeúč účaúčoúšťúť čísčítĺžkľúčšíršťažív",
      160 },
    { /* Hungarian */
      u"áéíóöőúüű",
      u" ál át ér és ír ös új ür üzbájbálbásbólcélcímdásdáudéldésdítdó dő eáleírfájfüggálgén"
      u"gépgéshívhöziániírió iókiúsjánjátkénképkérkéskétkítkívkódkönkörkötkövközkülláblállán"
      u"láslátláíléclépléslétlévlítló lóklóslótlöllüllő lőtlőzmácmálmánmármásmátménmérmétmód"
      u"művnálnélnévnítnőrpélpérpéspítrálránrásrésrólrülságsáhsánsársássátsávségséhsérsítsó "
      u"sú ső tájtáltámtántártástávtékténtértéstíptívtó tóktóttöbtöltörtúltő uálválvánvárvég"
      u"vénvülvő yásyűkzámzárzászélzészínzítzó zókzötzövzükző zőkáír",
      160 },
    { /* Croatian, Bosnian, and Serbian in Latin letters */
      u"čćđšž",
      u" će če či čl ču čv še ši št žeaćaaćeaćiač ačaačeačiačkačnačuađaađeašaašnažeažiažueć "
      u"ećaećeećieč ečaečeečiečneđaeđeeđieđuešaeškešneštežeežiičaičeičiičkičnišaišeištišćoćn"
      u"očeočiočkočnođeoš ošaošioštožaoždožerčeršaršerširškršnržaržiućaućeućiućnućuuč učauče"
      u"učiučnučuušauštužeužišće",
      92 },
    { /* Slovene */
      u"čšž",
      u" ča če čl čr še ši št žeačaačeačiačkačnačuašaaščažeažieč ečaečeečiečječnešeešieškešn"
      u"eščežaežeežnič ičaičeičiičnišeišiiškiščižnjšajšejšilčnlžinčančnoč očaočeočiočjočkočn"
      u"ošeošnoštoščožaožeožiožnuč učaučeučiučnučuuščužizčlzšiščaščešči",
      77 },
    { /* Romanian */
      u"ăâîşţ",
      u" în şi ştaşiaştaţiaţăbă bţicâmcâncâtcă cărcătcăucţidă eşeeşieşteşueţifârfărgă găsgăt"
      u"işaişeişiiţilă lăţmă mărnă nătnţenţinţăpă părpăspţirânră rărrşirţisă tântă uă uţivă "
      u"vărză ăţiţă ",
      60 },
    { /* Turkish */
      u"âçîöüğışûİ",
      u" ça çe çi ço çö çı ög öl ön ör öz ür üs üz İş şe şi şuaç açıağ ağaağlağıaşaaşkaşlaşv"
      u"aşıbölbüybırcı cındöndüldürdüzdüğdİzdı dımdındırdığdışeç eçeeçieğeeğieşeeşieşleşmeşt"
      u"fınfırgörgösgümgüngüviç içeiçiiğiiş işiişkişliştkümkılkınkıskışlü lüklümlütlı lıdlık"
      u"lınlırlıylığlışmü münmı mınmıymışnü nünnüşnı nıcnılnımnınnırnıynızoğroş oşlpılrçarçe"
      u"rü rümrünrı rılrınrısrşirşısözsürsı sıfsınsırsıztümtürtı tıltıruğuuş uştyönyükyı yıc"
      u"yılyıszı zılzırçözçıkçılüçüğı ğıdğınığıış ışmıştışışı şılşın",
      160 },
    { /* Lithuanian */
      u"ąčėęįšūųž",
      u" į  įd įj įk įp įr įs įt įv ša še ši šr šv šį že ži žyačiašaaškašmašoaštašyašąažaaži"
      u"ažoažybėsbę būsbūtbų dą dėjdėldėmdėsdėtdį dų dž džiečieįmeš ešaešieškeštežigą gė gūr"
      u"gų ią ičiiš išaišdišeišjiškišoišpišrišsištišuišvišąiššišųiūrių iųsją jį jūsjų ką kėl"
      u"kėtkšlkšmkštkščkų lą ląslė lėjlėllėslę lį lų mą mė mėjmėsmėtmę mų ną nčinė nėjnėrnės"
      u"nę nį nų očiožypė pėjpėsrą rėjrėmrėsrėtrėžrę rį ršurūkrų są sąlsąrsėssų tą tąjtė tėj"
      u"tėstę tęstį tūrtų učiuščuž užbuždužpužrvą vėlvų šą ščišį šų ",
      160 },
    { /* Latvian */
      u"āčēģīķļņšūž",
      u" ār īp ša ši šo šī šūaātaļaaļuaņeašaašlašrašībā bāsbātbērbībbūtcībdā dāsdātdējdētdīj"
      u"dīteļaeļoeļueļšešaešķežīgā gāmgšagūthēmiņaiņoiņuiņājā jāajābjāijāmjāsjūskā kāckādkāl"
      u"kāpkārkāskļakļūkš kšakšskšķlā lādlāslēglētlēšlīdlīmlīnmā mācmālmātmē mēnmērmētnā nāj"
      u"nāknālnāmnāsnātnāšnē nēmnētnīgnītošaošipārpēcpējrā rādrākrāsrējrētrī rīgrīkrķirūksāk"
      u"sāssē sējsētsīttā tādtājtāltāmtāstāvtē tējtēltēmtēttībtījtīttīvtīštļatņutūrvāsvēlvēr"
      u"vētvītzāszējzētzīgzīmzītāšaēšaīšaļš ļūdņēmšējšī šībšķišūnžīm",
      160 },
    { /* Estonian */
      u"äõöüšž",
      u" är õi õn üh ük ül ümaõnjäejärjätkäikäskõikõrkülkümküsläblõplühlüllüümälmärmäämõtnäi"
      u"nõunüüpäepäipärrüksõnsümsünsüstähtäitõetõltõrtöötühtüktüüvähväivälvärväävõivõrvõtäär"
      u"öö öötüümüüp",
      60 },
};
/* clang-format on */
const size_t mail_spelling_count = sizeof(mail_spellings) / sizeof(mail_spellings[0]);
