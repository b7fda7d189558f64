package io.howdah.route.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SearchPath;
import io.howdah.route.function.Catalog.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which verdict a call gets by what users made, and by where the session looks. */
class CatalogTest {
  private static final Catalog CATALOG =
      Catalog.of(
          List.of(
              reads("public", "price"),
              acts("public", "book"),
              reads("a", "twin"),
              acts("b", "twin"),
              reads("public", "Quoted"),
              // Another overload of a built-in function, and one with the same arguments.
              acts("public", "lower"),
              new Entry("public", "upper", true, false, true),
              reads("public", "nextval")));

  private static Entry reads(String schema, String name) {
    return new Entry(schema, name, false, false, false);
  }

  private static Entry acts(String schema, String name) {
    return new Entry(schema, name, true, true, false);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          price(1)                 , public     , SELECT_READ_ONLY
          public.price(1)          , ''         , SELECT_READ_ONLY
          PUBLIC.Price (1)         , ''         , SELECT_READ_ONLY
          price(1)                 , other      , UNKNOWN_FUNCTION
          price(1)                 , ?          , SELECT_READ_ONLY
          book(1)                  , public     , VOLATILE_FUNCTION
          book(price(1))           , public     , VOLATILE_FUNCTION
          price(book(1))           , public     , VOLATILE_FUNCTION
          twin()                   , a          , SELECT_READ_ONLY
          twin()                   , b          , VOLATILE_FUNCTION
          twin()                   , 'a,b'      , VOLATILE_FUNCTION
          twin()                   , ?          , VOLATILE_FUNCTION
          a.twin()                 , b          , SELECT_READ_ONLY
          b.twin()                 , a          , VOLATILE_FUNCTION
          c.twin()                 , a          , UNKNOWN_FUNCTION
          "Quoted"()               , public     , SELECT_READ_ONLY
          quoted()                 , public     , UNKNOWN_FUNCTION
          lower('A')               , public     , VOLATILE_FUNCTION
          lower('A')               , a          , SELECT_READ_ONLY
          pg_catalog.lower('A')    , public     , SELECT_READ_ONLY
          upper('A')               , public     , SELECT_READ_ONLY
          upper('A')               , 'public,pg_catalog', VOLATILE_FUNCTION
          public.upper('A')        , a          , VOLATILE_FUNCTION
          nextval('s')             , public     , REFUSED_FUNCTION
          nobody()                 , ?          , UNKNOWN_FUNCTION
          """)
  void aCall(String call, String path, Reason expected) {
    List<String> schemas = path.equals("?") ? null : SearchPath.read(path, "app");
    byte[] text = ("SELECT " + call).getBytes(StandardCharsets.UTF_8);
    Facts facts =
        new Classifier(BuiltinFunctions.INSTANCE, 1 << 20)
            .classify(text, 0, text.length, true, CATALOG.seenFrom(schemas));
    assertThat(facts.reason()).as(facts.explanation()).isEqualTo(expected);
  }

  @Test
  void everyOneOfManyIsFound() {
    List<Entry> many =
        IntStream.range(0, 5000)
            .mapToObj(i -> new Entry("s" + i % 7, "f" + i, i % 2 == 0, i % 2 == 0, false))
            .toList();
    Catalog.View view = Catalog.of(many).seenFrom(null);
    Classifier classifier = new Classifier(BuiltinFunctions.INSTANCE, 1 << 20);
    for (int i = 0; i < 5000; i++) {
      byte[] text = ("SELECT s" + i % 7 + ".f" + i + "()").getBytes(StandardCharsets.UTF_8);
      assertThat(classifier.classify(text, 0, text.length, true, view).reason())
          .isEqualTo(i % 2 == 0 ? Reason.VOLATILE_FUNCTION : Reason.SELECT_READ_ONLY);
    }
  }

  @Test
  void twoViewsAreNeverTakenForOneAnother() {
    assertThat(CATALOG.seenFrom(null).number()).isNotEqualTo(CATALOG.seenFrom(null).number());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          public                     | public
          "$user", public            | app;public
          $user,public               | app;public
          a , b                      | a;b
          Foo, "Bar", "with ""q"", x"| foo;Bar;with "q", x
          """)
  void aPath(String value, String expected) {
    assertThat(SearchPath.read(value, "app")).isEqualTo(Arrays.asList(expected.split(";")));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = "'a,'\n'a b'\n'\"a'\n',a'\n'a\"b'")
  void noPath(String value) {
    assertThat(SearchPath.read(value, "app")).isNull();
  }

  @Test
  void anEmptyPathLeadsNowhere() {
    assertThat(SearchPath.read("", "app")).isEmpty();
  }
}
