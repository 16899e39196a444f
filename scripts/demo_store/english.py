"""What the demo store's English feeds write about: matters, each with headlines and sentences; all of it invented."""

MATTERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "local": (
        (
            "{place} council backs plan for {n} homes beside the canal",
            "Canal homes approved in {place} after a {m}-hour debate",
            "{n} homes for {place}: what the plan means for the towpath",
        ),
        (
            "Councillors in {place} voted by {m} to {k} on Tuesday to let {n} homes be built on the old timber yard beside the canal.",
            "The developer, {name} Estates, has promised that a third of them will be let at rents that nurses and bus drivers can pay.",
            "“We have argued over this yard for {k} years, and meanwhile our children have moved away,” said {name}, who leads the housing committee.",
            "Residents of {street} fear for the towpath, which {n} people use on an ordinary weekday, by the council's own count.",
            "The plan moves the path onto a boardwalk {k} metres wide and lights it with lamps that dim when nobody passes.",
            "{name}, who has rowed on the canal since she was twelve, told the meeting that the boathouse would lose its slipway.",
            "Work is to begin in {month} and to take {m} months; the bridge at {street} will be closed for the first {k} of them.",
            "An appeal can be lodged until the {k}th, and a group of boat owners from {place} said that they would do so.",
        ),
    ),
    "business": (
        (
            "{firm} shares slip {k}% as orders from {place} dry up",
            "{firm} cuts forecast, blames weak demand in {place}",
            "Why {firm} is worth {k}% less than a week ago",
        ),
        (
            "Shares of {firm} fell by {k} percent on Wednesday after the maker of pumps said that orders from {place} had dried up.",
            "It now expects {n} million in sales this year, {m} million fewer than it had told investors in {month}.",
            "“Our customers are waiting to see what borrowing will cost them,” {name}, its finance chief, said on a call with analysts.",
            "The company will not fill {m} posts at its works in {place}, and puts off a second line that was to open in {month}.",
            "Analysts at {name} Partners had expected a profit of {m} million; they lowered their target by {k} to {n}.",
            "Rivals fared better: the index of machine makers was up by a tenth of a percent by the close.",
            "Unions called for talks before the {k}th and said that {n} jobs in the valley depended on the order book.",
            "{firm} was founded in {place} by {name}, whose first pump still stands in the yard and still works.",
        ),
    ),
    "politics": (
        (
            "{place} votes: turnout passes {m}% before noon",
            "Long queues in {place} as voters choose a new assembly",
            "Assembly vote in {place}: early count favours {name}",
        ),
        (
            "Voters in {place} queued before dawn on Sunday to choose an assembly of {m} seats, the first vote since the coalition broke in {month}.",
            "By noon {m} percent had cast a ballot, {k} points more than four years ago, the election office said.",
            "{name}, whose list leads in all {k} polls that were published this month, voted at a school in {street} and declined to speak of partners.",
            "Her rival {name} promised to cap bus fares at {k} and to open {n} nursery places before the summer.",
            "Observers counted {k} stations that opened late because ballots had been sent to the wrong side of the river.",
            "“I have waited {m} minutes, and I would wait as long again,” said {name}, a retired tram driver.",
            "A first count is expected at {k} in the evening; postal votes, some {n} of them, will be counted on Monday.",
            "Whoever wins needs {k} seats more than any list holds today, and will have to find them among the small ones.",
        ),
    ),
    "weather": (
        (
            "Storm closes {k} bridges around {place}, ferry stays in port",
            "Gusts of {n} km/h: {place} counts the damage",
            "{place} wakes to fallen trees after a night of storm",
        ),
        (
            "A storm with gusts of {n} kilometres an hour closed {k} bridges around {place} overnight and kept the ferry in port.",
            "Some {n} households had no power at first light, and crews expect to need until {k} in the afternoon to reach the last of them.",
            "In {street} a lime tree that is {n} years old fell across the tram line; nobody was hurt.",
            "“The roof lifted like the lid of a pan,” said {name}, who keeps the bakery at the corner.",
            "The weather office had warned of the storm {m} hours ahead, and raised its warning to red shortly after {k}.",
            "The river stood at {k} metres in {place} by morning, {m} centimetres below the wall.",
            "Schools open two hours later; buses replace trams as far as {street}.",
            "It will calm by the evening, forecasters say, and turn colder from {month} onwards than in the {k} years before.",
        ),
    ),
    "science": (
        (
            "Researchers in {place} find why lake ice sings",
            "The lake that hums: {k} winters of recordings from {place}",
            "Ice on the lake of {place} is {m} days thinner than a generation ago",
        ),
        (
            "Researchers at the institute of {place} have listened to lake ice for {k} winters, and now know where its hum comes from.",
            "Cracks no wider than {k} millimetres let the sheet swing like a drum, {n} times a second in the coldest hours.",
            "“It is a thermometer that one can hear from the shore,” said {name}, who led the work.",
            "They sank {m} microphones below the ice and compared {n} hours of sound with the air above it.",
            "The ice now forms {m} days later than when {name} began to write down its first day in {month}.",
            "A model that was trained on the recordings tells the thickness to within {k} millimetres, they write.",
            "Fishermen of {street} had known it all along: they tap, listen, and only then step out.",
            "The recordings, {n} gigabytes of them, are free for anybody to use.",
        ),
    ),
    "sport": (
        (
            "{place} win {k}-2 and go top after late strike by {name}",
            "{name} scores twice as {place} climb to the top",
            "Late goals take {place} past the leaders",
        ),
        (
            "{name} scored in the {m}th minute to send {place} to the top of the league on Saturday, {k}-2 against last year's champions.",
            "It was the {k}th win in a row before {n} spectators, more than the old stand has held in a decade.",
            "“We ran until the grass was tired,” said coach {name}, who wore the same coat as in {month}.",
            "The guests led after {k} minutes through {name}, whose free kick went in off the post.",
            "A red card for {name} after the break turned the match; {place} had {m} percent of the ball from then on.",
            "The leaders of last week lost at home and are {k} points behind with {k} matches to play.",
            "On Wednesday {place} travel to the coast for the cup, without {name}, who limped off in the {m}th minute.",
            "Fans sang in {street} until the last tram, and the club paid for {n} breakfasts.",
        ),
    ),
    "transport": (
        (
            "Night trains from {place} return after {k} years",
            "{place} gets its sleeper back, with {m} berths",
            "First sleeper leaves {place} in {month}, tickets from {k}",
        ),
        (
            "A night train will run from {place} to the coast from {month}, {k} years after the last one was shunted into a siding.",
            "It has {m} berths, a car for {k} bicycles, and breakfast from a bakery in {street}.",
            "“People do not want to arrive at an airport, they want to arrive,” said {name} of the railway.",
            "Tickets begin at {k} for a seat and {m} for a bed; {n} were sold in the first hour.",
            "The ministry pays {n} thousand a year for the first {k} years and then looks at the figures again.",
            "Freight companies had asked for the same slot, and will go {m} minutes later.",
            "{name}, who drove the last train in his youth, will ring the bell.",
            "If it goes well a second one follows by way of {place}, where platform {k} is being lengthened.",
        ),
    ),
    "courts": (
        (
            "Court orders {firm} to reopen footpath in {place}",
            "Walkers win: path across {firm} land must be opened",
            "{firm} loses path case after {k} years",
        ),
        (
            "A court in {place} ordered {firm} on Thursday to reopen a footpath that it had fenced off {k} years ago.",
            "The judges found that {n} people had used it in a single {month}, which makes it a way of custom.",
            "“A fence does not make people forget where they walk,” said judge {name} in a ruling of {m} pages.",
            "The company must take down {m} metres of fence within {k} weeks or pay {n} a day.",
            "{name}, who brought the case with {k} neighbours from {street}, said that she would go for a walk first.",
            "{firm} had argued that walkers disturbed the sheep, of which {m} graze above the path.",
            "An appeal is possible only on points of law, and lawyers doubt that there is one.",
            "Similar cases are before the court from {k} parishes around {place}.",
        ),
    ),
    "health": (
        (
            "Clinic in {place} cuts waiting time to {k} days",
            "How {place} halved its queue for hip operations",
            "{n} operations later: the clinic of {place} shows its figures",
        ),
        (
            "Patients of the clinic in {place} now wait {k} days for a new hip, where it was {m} a year ago.",
            "Surgeons did {n} operations since {month} in two rooms that are used from six in the morning.",
            "“We changed the order of things, not the people,” said {name}, who is in charge of the wards.",
            "Patients go home after {k} nights and are called the day after by a nurse who knows them.",
            "{k} of a hundred came back within a month, as many as before.",
            "The insurers, who paid {n} thousand for the trial, want {k} other clinics to follow.",
            "Doctors elsewhere are doubtful: {name} said that the town was small and the patients fit.",
            "The figures will be looked at again in {month}, by people from outside.",
        ),
    ),
    "culture": (
        (
            "Museum of {place} shows {n} maps that never were",
            "Maps of invented lands draw crowds to {place}",
            "{name}'s imaginary islands come home to {place}",
        ),
        (
            "The museum of {place} opens a show of {n} maps of lands that never were, from a sea of ink to an island for one cat.",
            "Most were drawn by {name}, a clerk of the waterworks, in {k} years of lunch breaks.",
            "“He measured everything twice, although none of it was there,” said {name}, who found them in {k} drawers.",
            "One is {k} metres long and shows a coast with {n} harbours, each with its tides.",
            "Children may add to a map on the wall; by noon on the first day it had {m} rivers.",
            "The show is open until the end of {month}, on Thursdays until {k} in the evening.",
            "A catalogue of {n} pages costs {m}, and folds out into a map of its own making.",
            "Next year the maps travel to {place}, where the clerk was born in a house on {street}.",
        ),
    ),
    "farming": (
        (
            "Apple harvest around {place} is the best in {k} years",
            "{n} tonnes: orchards of {place} run out of crates",
            "Growers in {place} seek {m} pickers before the frost",
        ),
        (
            "Orchards around {place} expect {n} tonnes of apples, the best harvest in {k} years, and have run out of crates.",
            "A cold {month} kept the blossom back until the bees were out, growers say.",
            "“In {k} years I have not propped up so many branches,” said {name}, whose family has picked here for four generations.",
            "They look for {m} more pickers before the first frost, and pay {k} an hour and lunch.",
            "The press in {street} works through the night and takes fruit from gardens too, from {m} kilos.",
            "Prices are {k} percent lower than a year ago, which not all can bear.",
            "The cooperative has rented {k} cold stores in {place} to sell until {month}.",
            "What is too small goes to {firm}, which makes vinegar of it.",
        ),
    ),
    "technology": (
        (
            "{place} switches {n} street lamps to a network of its own",
            "Open network links {n} sensors across {place}",
            "A town and its radio: {place} runs {n} sensors for the price of a bench",
        ),
        (
            "The town of {place} has linked {n} lamps, bins and gauges by a radio network that it owns, for {m} thousand in all.",
            "{k} masts are enough, for the hills do the rest, said {name}, who built it with {k} pupils of the technical school.",
            "Lamps in {street} now report that they are broken before anybody calls.",
            "What the sensors say is published every {k} minutes, under a licence that lets anybody use it.",
            "A farmer has hung {m} gauges in his vines, and saves {n} litres of water a week.",
            "{firm} had offered the same for a yearly fee of {n} thousand.",
            "The code is {n} lines long and has been read by {k} other towns, of which {place} has begun to build its own.",
            "In {month} the network was down for {m} minutes, because of a magpie.",
        ),
    ),
}
PLACES = (
    "Eastmere,Northgate,Marlow Bay,Kestrel Falls,Port Alder,Fenwick,Copperfield,Ashby,Thornhill,Westmoor,Calder,"
    "Redcliffe,Penhallow,Brookside,Dunmore,Elmtree,Quarry Hill,Southbank,Granary,Lindale,Oxmoor,Saltwick,Harrow Cross,"
    "Tarn,Wexcombe,Birchover,Stonehaven Quay,Millbrook,Larkfield,Greywater"
).split(",")
OWN_PLACES = (
    "Abbot's Mead,Barrowfield,Cold Ash,Dunsley,Elverton,Farnholt,Gorsey Bank,Hallow End,Ingleby,Jarrow Moor,Kilnsea Head,"
    "Longmarsh,Merriot,Netherby,Ottermouth,Pinchbeck Fen,Quenby,Ravenscar Bay,Selwick,Thaxby,Upwell,Vennford,Withern,"
    "Yarrowdale,Applethwaite,Bramling,Coldbrook,Dovecote Hill,Eskdale Foot,Frodley,Grimston,Hartwell,Islebeck,Kelham,"
    "Lowther Gap,Muckle Flint,Norbreck,Oldcastle,Plumley,Rushmere"
).split(",")
"""Where what no agency reports takes place."""
FIRST = "Ada,Bela,Carla,Dmitri,Edith,Farid,Greta,Hugo,Ines,Jonas,Kira,Leo,Mina,Nils,Olga,Pavel,Rosa,Samir,Tessa,Yusuf".split(
    ","
)
LAST = (
    "Abara,Brandt,Castell,Dorn,Ekström,Farrow,Galvão,Hollis,Ivers,Jarosz,Keller,Lindqvist,Marsh,Novak,Okafor,Petrie,"
    "Quill,Rahimi,Sato,Thorne,Ulrich,Vance,Wren,Zeller"
).split(",")
FIRMS = "Aldgate Pumps,Corvane Steel,Halden Rail,Lumen & Reed,Northwind Foods,Orrery Systems,Tarn Water,Vesper Motors".split(
    ","
)
STREETS = "Weir Street,Mill Lane,Station Road,Lime Walk,Harbour Row,Old Ropewalk,Chapel Hill,Tanner's Yard".split(",")
MONTHS = "January,March,April,May,June,August,September,October".split(",")
SWAPS = {
    "said": "told reporters",
    "on Tuesday": "this week",
    "on Wednesday": "this week",
    "on Thursday": "this week",
    "overnight": "during the night",
    "people": "residents",
    "expects": "is expecting",
    "began": "started",
    "nobody was hurt": "no injuries were reported",
    "Some": "About",
    "percent": "per cent",
    "will": "is to",
}
"""Words that another desk prefers."""
DESK_LINES = (
    "{outlet} could not reach the other side for comment before this went to press.",
    "Read more on this in the weekend edition of {outlet}.",
    "Additional notes by our desk in {place}, for {outlet}.",
)
