package io.howdah.compat.hibernate;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Version;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

@Entity
class Customer {
  @Id
  @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "customer")
  @SequenceGenerator(name = "customer", sequenceName = "customer_seq", allocationSize = 50)
  Long id;

  String email;
  String[] aliases;

  @JdbcTypeCode(SqlTypes.JSON)
  Map<String, Object> preferences;

  byte[] photo;
  OffsetDateTime registered = OffsetDateTime.now();

  @OneToMany(mappedBy = "customer", cascade = CascadeType.ALL, orphanRemoval = true)
  List<Purchase> purchases = new ArrayList<>();

  @Version int version;

  Customer() {}

  Customer(String email) {
    this.email = email;
  }
}
